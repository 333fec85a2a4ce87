#include "machined/hostname/policy.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using network::HostnameSpec;

std::string Chosen(const All<HostnameSpec>& wishes) {
  absl::StatusOr<Desired<network::HostnameStatus>> desired = ChooseHostname(wishes);
  REQUIRE_THAT(desired, base::IsOk());
  const Rows rows = std::move(*desired).Take();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == "hostname");
  return static_cast<const network::HostnameStatus::Spec&>(*rows.front().spec->message())
      .hostname();
}

}  // namespace

TEST_CASE("choose hostname: the highest layer wins, wherever it stands") {
  const auto [low, high] = GENERATE(table<std::string, std::string>({
      {"CONFIG_DEFAULT", "CONFIG_CMDLINE"},
      {"CONFIG_CMDLINE", "CONFIG_PLATFORM"},
      {"CONFIG_PLATFORM", "CONFIG_OPERATOR"},
      {"CONFIG_OPERATOR", "CONFIG_MACHINE_CONFIGURATION"},
  }));
  const HostnameSpec::Spec loser = Text("hostname: 'loser' config_layer: " + low);
  const HostnameSpec::Spec winner = Text("hostname: 'winner' config_layer: " + high);
  CHECK(Chosen(AllOf<HostnameSpec>({{"a", loser}, {"b", winner}})) == "winner");
  CHECK(Chosen(AllOf<HostnameSpec>({{"a", winner}, {"b", loser}})) == "winner");
}

TEST_CASE("choose hostname: of one layer, the lowest id wins") {
  const HostnameSpec::Spec first = Text("hostname: 'first' config_layer: CONFIG_OPERATOR");
  const HostnameSpec::Spec second = Text("hostname: 'second' config_layer: CONFIG_OPERATOR");
  CHECK(Chosen(AllOf<HostnameSpec>({{"dhcp/eth0", first}, {"dhcp/eth1", second}})) == "first");
}

TEST_CASE("choose hostname: without wishes there is no hostname") {
  absl::StatusOr<Desired<network::HostnameStatus>> desired =
      ChooseHostname(AllOf<HostnameSpec>({}));
  REQUIRE_THAT(desired, base::IsOk());
  const Rows rows = std::move(*desired).Take();
  CHECK(rows.empty());
}

}  // namespace ichor
