#include "machined/log/ring.h"

#include <format>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::log {
namespace {

constexpr size_t kCapacity = 64 << 10;

std::string All(const Ring& ring) {
  return std::string(ring.Read(ring.begin(), kCapacity));
}

}  // namespace

TEST_CASE("ring: a line is readable once it is complete, however it was cut") {
  Ring ring(kCapacity);
  ring.Append("one\ntw");
  CHECK(All(ring) == "one\n");
  ring.Append("o\n");
  CHECK(All(ring) == "one\ntwo\n");
  ring.Append("\nlast");
  ring.EndLine();
  ring.EndLine();
  CHECK(All(ring) == "one\ntwo\n\nlast\n");
  CHECK(ring.size() == ring.end() - ring.begin());
}

TEST_CASE("ring: the tail counts complete lines") {
  Ring ring(kCapacity);
  CHECK(ring.Tail(3) == 0);
  ring.Append("a\n\nbc\nd");
  CHECK(ring.Tail(0) == 6);
  CHECK(ring.Tail(1) == 3);
  CHECK(ring.Tail(2) == 2);
  CHECK(ring.Tail(3) == 0);
  CHECK(ring.Tail(99) == 0);
}

TEST_CASE("ring: old lines go whole, and what stays is bounded") {
  Ring ring(kCapacity);
  std::string last;
  for (int i = 0; i < 20'000; ++i) {
    last = std::format("line {}\n", i);
    ring.Append(last);
    REQUIRE(ring.size() <= kCapacity);
  }
  const std::string all = All(ring);
  CHECK(all.starts_with("line "));
  CHECK(all.ends_with(last));
  CHECK(all.size() > kCapacity / 2);
  CHECK(ring.Read(ring.Tail(1), 100) == last);
}

TEST_CASE("ring: a line without an end is broken, and one append may be larger than the ring") {
  Ring ring(kCapacity);
  ring.Append(std::string(Ring::kMaxLineBytes + 10, 'x'));
  CHECK(ring.end() == Ring::kMaxLineBytes);
  CHECK(ring.Read(Ring::kMaxLineBytes - 2, 10) == "x\n");
  ring.Append(std::string(10 * kCapacity, 'y'));
  CHECK(ring.size() <= kCapacity);
  CHECK(ring.Read(ring.Tail(1), 1) == "y");
}

TEST_CASE("ring: shrinking keeps the newest lines") {
  Ring ring(kCapacity);
  ring.Append("one\ntwo\nthree\n");
  ring.Shrink(11);
  CHECK(All(ring) == "two\nthree\n");
  CHECK(ring.begin() == 4);
  ring.Shrink(0);
  CHECK(All(ring).empty());
  CHECK(ring.begin() == ring.end());
}

}  // namespace ichor::log
