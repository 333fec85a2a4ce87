#include "machined/sources/nocloud.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

TEST_CASE("nocloud: the serial number has settings, or is only a serial number") {
  const NocloudSettings all =
      ReadNocloudSettings("ds=nocloud-net;s=http://10.0.0.1/x/;h=node-1;i=abc=d");
  CHECK(all.base_url == "http://10.0.0.1/x/");
  CHECK(all.hostname == "node-1");
  CHECK(all.instance_id == "abc=d");
  CHECK(ReadNocloudSettings("ds=nocloud-net;s=http://10.0.0.1").base_url == "http://10.0.0.1/");
  CHECK(ReadNocloudSettings("ds=nocloud;s=http://10.0.0.1;h=a").base_url.empty());
  CHECK(ReadNocloudSettings("h=a").hostname == "a");
  CHECK(ReadNocloudSettings("VMware-56 4d").hostname.empty());
}

TEST_CASE("nocloud: user data is a config unless its first line says otherwise") {
  const auto config = ReadNocloudUserData("version: v1alpha1\n#include\n");
  REQUIRE_THAT(config, IsOk());
  CHECK(config->config == "version: v1alpha1\n#include\n");
  CHECK(config->include_url.empty());

  const auto other = ReadNocloudUserData(GENERATE("#cloud-config\nusers: []\n", "", " \n\n"));
  REQUIRE_THAT(other, IsOk());
  CHECK(other->config.empty());
  CHECK(other->include_url.empty());
}

TEST_CASE("nocloud: user data may include one URL") {
  const auto data = ReadNocloudUserData("#include\r\n# here\n\n https://host/config \n");
  REQUIRE_THAT(data, IsOk());
  CHECK(data->include_url == "https://host/config");
  CHECK_THAT(ReadNocloudUserData("#include\n"),
             StatusIs(absl::StatusCode::kInvalidArgument, "the user data includes no URL"));
  CHECK_THAT(
      ReadNocloudUserData("#include\nhttp://a/\nhttp://b/\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, "the user data includes more than one URL"));
}

}  // namespace
}  // namespace ichor
