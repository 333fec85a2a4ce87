#include "machined/delivery/destination.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {

TEST_CASE("log destination: protocol, host and port") {
  CHECK(ParseDestination("tcp://logs.example.org:6051") ==
        LogDestination{.host = "logs.example.org", .port = 6051});
  CHECK(ParseDestination("udp://[fd00::1]:514/") ==
        LogDestination{.udp = true, .host = "fd00::1", .port = 514});
  const std::string text = GENERATE(as<std::string>(), "udp://[fd00::1]:514", "tcp://10.0.0.1:1");
  CHECK(ToString(ParseDestination(text).value_or(LogDestination{})) == text);
}

TEST_CASE("log destination: what is none is told from one") {
  const std::string text =
      GENERATE(as<std::string>(), "", "http://a:1", "tcp://a", "tcp://:1", "tcp://a:0",
               "tcp://a:65536", "tcp://a:1x", "tcp://fd00::1:514", "udp://");
  CAPTURE(text);
  CHECK_FALSE(ParseDestination(text).has_value());
}

TEST_CASE("log destination: those of a config, with their tags") {
  const auto config = config::Load("", R"(
machine:
  logging:
    destinations:
      - {endpoint: "udp://10.0.0.9:6051", format: json_lines, extraTags: {rack: "7"}}
      - {endpoint: "tcp://logs:1", format: json_lines}
)");
  REQUIRE_THAT(config, base::IsOk());
  const auto all = ServiceLogDestinations(*config);
  REQUIRE(all.size() == 2);
  CHECK(all[0] ==
        LogDestination{.udp = true, .host = "10.0.0.9", .port = 6051, .tags = {{"rack", "7"}}});
  CHECK(all[1].host == "logs");
}

TEST_CASE("log destination: the kernel's log goes where command line and config say") {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled("apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: a\nurl: udp://b:2\n");
  const auto lines = AllOf<runtime::KernelCmdline>(
      {{"cmdline", "cmdline: 'quiet talos.logging.kernel=tcp://a:1'"}});
  auto both = WantKernelLog(AllOf<config::MachineConfig>({{"v1alpha1", spec}}), lines);
  REQUIRE_THAT(both, base::IsOk());
  const auto rows = Stated(*std::move(both));
  REQUIRE(Ids(rows) == "kmsg-log");
  REQUIRE(rows.front().spec().destinations_size() == 2);
  CHECK(rows.front().spec().destinations(0).full_path() == "tcp://a:1");
  CHECK(rows.front().spec().destinations(1).full_path() == "udp://b:2");
  auto none = WantKernelLog(AllOf<config::MachineConfig>({}), AllOf<runtime::KernelCmdline>({}));
  REQUIRE_THAT(none, base::IsOk());
  const auto nothing = Stated(*std::move(none));
  CHECK(nothing.empty());
}

}  // namespace ichor
