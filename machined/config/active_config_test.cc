#include "machined/config/active_config.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

config::MachineConfig::Spec SpecOf(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return spec;
}

constexpr const char* kHostname = "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: n1\n";

}  // namespace

TEST_CASE("active config: the row that is in force, read once") {
  const All<config::MachineConfig> rows = AllOf<config::MachineConfig>(
      {{"persistent", SpecOf("apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: n2\n")},
       {"v1alpha1", SpecOf(kHostname)}});
  const std::optional<config::Config> config = ActiveConfig(rows);
  REQUIRE(config.has_value());
  CHECK(config->text() == kHostname);
  CHECK(&ActiveConfig(rows)->documents() == &config->documents());
}

TEST_CASE("active config: none while none is in force") {
  CHECK_FALSE(ActiveConfig(AllOf<config::MachineConfig>({{"persistent", SpecOf(kHostname)}})));
}

}  // namespace ichor
