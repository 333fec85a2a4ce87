#include "machined/init/log_ring.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {
namespace {

std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string Text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Last(const LogRing& ring, std::size_t size) {
  std::string out(size, '\0');
  out.resize(ring.Last(std::as_writable_bytes(std::span(out))));
  return out;
}

}  // namespace

TEST_CASE("init log ring: what was added is told once, in order") {
  const auto ring = std::make_unique<LogRing>();
  ring->Append(Bytes("one\ntwo\n"));
  CHECK(Text(ring->Untold(4)) == "one\n");
  ring->Told(4);
  CHECK(Text(ring->Untold(100)) == "two\n");
  ring->Told(4);
  CHECK(ring->AllTold());
  CHECK(ring->Untold(100).empty());
  CHECK(ring->Lost() == 0);
}

TEST_CASE("init log ring: what was overwritten before it was told is counted") {
  const auto ring = std::make_unique<LogRing>();
  ring->Append(Bytes(std::string(LogRing::kCapacity, 'a') + "bcd"));
  CHECK(ring->Lost() == 3);
  ring->Told(3);
  CHECK(ring->Lost() == 0);
  std::string all;
  while (!ring->AllTold()) {
    const auto piece = ring->Untold(5000);
    all += Text(piece);
    ring->Told(piece.size());
  }
  CHECK(all == std::string(LogRing::kCapacity - 3, 'a') + "bcd");
}

TEST_CASE("init log ring: the last bytes stay when they are told") {
  const auto ring = std::make_unique<LogRing>();
  CHECK(Last(*ring, 10).empty());
  ring->Append(Bytes("0123456789"));
  ring->Told(10);
  CHECK(Last(*ring, 4) == "6789");
  CHECK(Last(*ring, 100) == "0123456789");
  ring->TellAgain();
  CHECK(Text(ring->Untold(100)) == "0123456789");
  ring->Clear();
  CHECK(Last(*ring, 100).empty());
}

}  // namespace ichor::init
