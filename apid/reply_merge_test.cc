#include "apid/reply_merge.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "common/common.pb.h"
#include "lib/base/status_matchers.h"

namespace ichor::apid {
namespace {

using base::IsOk;
using base::StatusIs;

common::DataResponse Reply(const std::string& bytes) {
  common::DataResponse reply;
  reply.add_messages()->set_bytes(bytes);
  return reply;
}

}  // namespace

TEST_CASE("reply merge: replies one behind the other are one, and each says where it is from") {
  const std::string large(1 << 20, 'x');
  const auto first = NameNodeInReply(Reply("a").SerializeAsString(), "10.0.0.1");
  const auto second = NameNodeInReply(Reply(large).SerializeAsString(), "node-2");
  REQUIRE_THAT(first, IsOk());
  REQUIRE_THAT(second, IsOk());
  common::DataResponse merged;
  REQUIRE(merged.ParseFromString(*first + *second +
                                 ErrorReply("node-3", absl::UnavailableError("gone"))));
  REQUIRE(merged.messages_size() == 3);
  CHECK(merged.messages(0).bytes() == "a");
  CHECK(merged.messages(0).metadata().hostname() == "10.0.0.1");
  CHECK(merged.messages(1).bytes() == large);
  CHECK(merged.messages(1).metadata().hostname() == "node-2");
  CHECK(merged.messages(2).bytes().empty());
  CHECK(merged.messages(2).metadata().hostname() == "node-3");
}

TEST_CASE("reply merge: an error keeps its code and its words") {
  common::Data message;
  REQUIRE(
      message.ParseFromString(ErrorMessage("n", absl::PermissionDeniedError("not authorized"))));
  CHECK(message.metadata().hostname() == "n");
  CHECK(message.metadata().error() == "rpc error: code = PermissionDenied desc = not authorized");
  CHECK(message.metadata().status().code() == 7);
  CHECK(message.metadata().status().message() == "not authorized");
}

TEST_CASE("reply merge: an element without anything gets its node's name too") {
  const auto named = NameNodeInReply(std::string("\x0a\x00", 2), "n");
  REQUIRE_THAT(named, IsOk());
  common::EmptyResponse reply;
  REQUIRE(reply.ParseFromString(*named));
  CHECK(reply.messages(0).metadata().hostname() == "n");
}

TEST_CASE("reply merge: what is not one element is no reply") {
  common::DataResponse two = Reply("a");
  *two.add_messages() = two.messages(0);
  const std::string reply =
      GENERATE_COPY(std::string(), two.SerializeAsString(), std::string("\x12\x01x"),
                    std::string("\x0a\x05x"), std::string("\x0a"), std::string("\x0a\xff\xff\xff"));
  CHECK_THAT(NameNodeInReply(reply, "n"),
             StatusIs(absl::StatusCode::kInternal,
                      "node n: its reply is not one message, so it cannot be merged"));
}

TEST_CASE("reply merge: a name that is no text becomes some") {
  common::Data message;
  REQUIRE(message.ParseFromString(NameNode("", "a\xff")));
  CHECK(message.metadata().hostname() == "a\xef\xbf\xbd");
}

}  // namespace ichor::apid
