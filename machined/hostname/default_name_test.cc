#include "machined/hostname/default_name.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machined/hostname/register.h"
#include "machined/hostname/wishes.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

TEST_CASE("default hostname: stable, and another for another machine") {
  const std::string name = StableHostname("d9c3a2c6-0001-4b6e-8d9e-000000000001");
  CHECK(name == StableHostname("d9c3a2c6-0001-4b6e-8d9e-000000000001"));
  CHECK(name != StableHostname("d9c3a2c6-0001-4b6e-8d9e-000000000002"));
  CHECK(name.starts_with("talos-"));
  CHECK(name.size() == 13);
  CHECK(name[9] == '-');
}

TEST_CASE("hostname: the default holds until another layer has a wish, and comes back") {
  TestRuntime t;
  RegisterHostname(t.runtime, t.kernel);
  RegisterHostnameWishes(t.runtime);
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  t.runtime.Publish<hardware::SystemInformation>("test",
                                                 {{"systeminformation", Text("uuid: 'u'")}});
  t.runtime.Publish<network::LinkStatus>("networkd", {});
  t.runtime.Publish<network::NodeAddress>("networkd", {});
  t.runtime.Publish<runtime::PlatformMetadata>("boot", {});
  t.runtime.Publish<network::PlatformConfig>("platform", {});
  t.runtime.Publish<config::MachineConfig>("config", {});
  t.runtime.Publish<cluster::Identity>("config", {});
  t.runtime.Publish<boot::NodeStage>("config", {{"stage", Text("stage: MAINTENANCE")}});
  t.runtime.Publish<HostnameWish>("dhcp", {});
  t.Settle();
  CHECK(t.kernel.hostname == StableHostname("u"));
  t.clock.Advance(std::chrono::milliseconds(20));
  t.runtime.Publish<HostnameWish>(
      "dhcp", {{"dhcp4/eth0", Text("hostname: 'lease' config_layer: CONFIG_OPERATOR")}});
  t.Settle();
  CHECK(t.kernel.hostname == "lease");
}

TEST_CASE("hostname: a machine without a UUID is named after its first network card") {
  TestRuntime t;
  RegisterHostname(t.runtime, t.kernel);
  RegisterHostnameWishes(t.runtime);
  network::LinkStatus::Spec card;
  card.set_permanent_addr("\x52\x54\x00\x12\x34\x56", 6);
  t.runtime.Publish<hardware::SystemInformation>("test", {{"systeminformation", {}}});
  t.runtime.Publish<network::LinkStatus>("networkd", {{"enp0s1", card}, {"lo", {}}});
  t.runtime.Publish<network::NodeAddress>("networkd", {});
  t.runtime.Publish<runtime::PlatformMetadata>("boot", {});
  t.runtime.Publish<network::PlatformConfig>("platform", {});
  t.runtime.Publish<config::MachineConfig>("config", {});
  t.runtime.Publish<cluster::Identity>("config", {});
  t.runtime.Publish<boot::NodeStage>("config", {{"stage", Text("stage: MAINTENANCE")}});
  t.Settle();
  CHECK(t.kernel.hostname == StableHostname("52:54:00:12:34:56"));
}

}  // namespace ichor
