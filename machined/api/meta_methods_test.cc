#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "machined/api/api_fixture.h"

namespace ichor::api {
namespace {

using base::IsOk;
using base::StatusIs;

const std::string kWrite = "/machine.MachineService/MetaWrite";
const std::string kDelete = "/machine.MachineService/MetaDelete";

std::string WriteRequest(std::uint32_t key, std::string value) {
  machine::MetaWriteRequest request;
  request.set_key(key);
  request.set_value(std::move(value));
  return request.SerializeAsString();
}

std::string DeleteRequest(std::uint32_t key) {
  machine::MetaDeleteRequest request;
  request.set_key(key);
  return request.SerializeAsString();
}

}  // namespace

TEST_CASE("meta methods: without a META partition values are kept in memory") {
  ApiFixture f;
  const auto reply = f.Call<machine::MetaWriteResponse>(kWrite, WriteRequest(10, "hello"));
  REQUIRE_THAT(f.status, IsOk());
  CHECK(reply.messages_size() == 1);
  CHECK(f.meta.Get(10) == "hello");
  CHECK(f.Call<machine::MetaDeleteResponse>(kDelete, DeleteRequest(10)).messages_size() == 1);
  CHECK(f.meta.Get(10) == std::nullopt);
  CHECK_THAT(f.Ask(kDelete, DeleteRequest(10)),
             StatusIs(absl::StatusCode::kNotFound, "META: key 0x0a is not set"));
}

TEST_CASE("meta methods: a value is on the disk before the answer comes") {
  ApiFixture f;
  const std::string zeros(2 * kMetaBlockBytes, '\0');
  f.disks.Add("/dev/sda3", {}, zeros);
  f.meta.OnFound("/dev/sda3", zeros);
  REQUIRE_THAT(f.Ask(kWrite, WriteRequest(12, "kept")), IsOk());
  CHECK(DecodeMeta(f.disks.BytesOf("/dev/sda3"))->at(12) == "kept");
  f.disks.Fail("/dev/sda3", absl::DataLossError("write /dev/sda3: Input/output error"));
  CHECK_THAT(f.Ask(kWrite, WriteRequest(12, "lost")),
             StatusIs(absl::StatusCode::kDataLoss, "write /dev/sda3: Input/output error"));
  CHECK(f.meta.Get(12) == "kept");
}

TEST_CASE("meta methods: keys that META does not have, and values that do not fit, are refused") {
  ApiFixture f;
  const auto [key, text] = GENERATE(table<std::uint32_t, std::string>(
      {{0, "META: keys are 1 to 255, got 0"}, {256, "META: keys are 1 to 255, got 256"}}));
  CHECK_THAT(f.Ask(kWrite, WriteRequest(key, "x")),
             StatusIs(absl::StatusCode::kInvalidArgument, text));
  CHECK_THAT(f.Ask(kDelete, DeleteRequest(key)),
             StatusIs(absl::StatusCode::kInvalidArgument, text));
  CHECK(f.Ask(kWrite, WriteRequest(10, std::string(kMetaBlockBytes, 'x'))).status().code() ==
        absl::StatusCode::kResourceExhausted);
}

}  // namespace ichor::api
