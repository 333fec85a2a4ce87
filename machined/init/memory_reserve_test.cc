#include "machined/init/memory_reserve.h"

#include <catch2/catch_test_macros.hpp>

namespace ichor::init {
namespace {

constexpr std::uint64_t kGib = 1 << 20;  // in KiB

TEST_CASE("memory reserve: a small machine keeps what it would without huge pages") {
  CHECK(SmallerReserve(2 * kGib, 45056) == 5792);
  CHECK(SmallerReserve(kGib / 2, 45056) == 2896);
}

TEST_CASE("memory reserve: where it is a small share of the memory it stays") {
  CHECK(SmallerReserve(64 * kGib, 67584) == std::nullopt);
  CHECK(SmallerReserve(4505600, 45056) == std::nullopt);
  CHECK(SmallerReserve(4505599, 45056) == 8490);
}

TEST_CASE("memory reserve: it is never raised") {
  CHECK(SmallerReserve(2 * kGib, 5000) == std::nullopt);
  CHECK(SmallerReserve(100, 100) == std::nullopt);
}

}  // namespace
}  // namespace ichor::init
