#include "lib/rpc/framing.h"

#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::rpc {

using base::IsOk;
using base::StatusIs;

TEST_CASE("framing: messages come out whole, however the stream is cut") {
  const std::vector<std::string> sent = {"", "a", std::string(70'000, 'x'), std::string("\0\1", 2)};
  std::string stream;
  for (const std::string& message : sent) {
    stream += Frame(message);
  }
  const size_t piece = GENERATE(size_t{1}, size_t{2}, size_t{7}, size_t{4096}, size_t{1'000'000});
  FrameReader reader(100'000);
  std::vector<std::string> received;
  const auto receive = [&](std::string message) { received.push_back(std::move(message)); };
  for (size_t i = 0; i < stream.size(); i += piece) {
    REQUIRE_THAT(reader.Read(std::string_view(stream).substr(i, piece), receive), IsOk());
  }
  CHECK(received == sent);
  CHECK(reader.at_boundary());
}

TEST_CASE("framing: an empty message is complete with its prefix") {
  FrameReader reader(10);
  int messages = 0;
  REQUIRE_THAT(reader.Read(Frame(""), [&](const std::string&) { ++messages; }), IsOk());
  CHECK(messages == 1);
}

TEST_CASE("framing: a message over the limit is refused before it is there") {
  FrameReader reader(10);
  const auto ignore = [](const std::string&) {};
  CHECK_THAT(
      reader.Read(std::string_view("\0\0\0\0\x0b", 5), ignore),
      StatusIs(absl::StatusCode::kResourceExhausted, "message of 11 bytes, expected at most 10"));
}

TEST_CASE("framing: a compressed message is refused") {
  FrameReader reader(10);
  const auto ignore = [](const std::string&) {};
  CHECK_THAT(reader.Read(std::string_view("\1\0\0\0\1x", 6), ignore),
             StatusIs(absl::StatusCode::kUnimplemented, "compressed messages are not supported"));
}

TEST_CASE("framing: a message cut short is seen at the end") {
  FrameReader reader(10);
  REQUIRE_THAT(reader.Read(std::string_view("\0\0\0\0\2x", 6), [](const std::string&) {}), IsOk());
  CHECK_FALSE(reader.at_boundary());
}

}  // namespace ichor::rpc
