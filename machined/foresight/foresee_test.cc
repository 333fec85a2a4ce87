#include "machined/foresight/foresee.h"

#include <algorithm>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "ichor/boot.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/runtime/signature.h"
#include "lib/runtime/test_runtime.h"
#include "machined/config/coverage/coverage.h"
#include "machined/delivery/destination.h"
#include "machined/files/render.h"
#include "machined/hostname/policy.h"
#include "machined/hostname/wishes.h"
#include "machined/modules/policy.h"
#include "machined/network/policy.h"
#include "machined/parameters/policy.h"
#include "machined/secrets/root.h"
#include "machined/watchdog/policy.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using base::IsOk;

constexpr const char* kSource = "config";

std::string ConfigText(const std::string& network) {
  return "machine:\n  type: worker\n  sysctls: {vm.swappiness: \"1\"}\n  network: {hostname: n1" +
         network + "}\ncluster: {}\n";
}

// A node of a config, with one card, whose address is 10.0.0.5.
struct Fixture {
  explicit Fixture(const std::string& text) {
    t.runtime.Reconcile("network.wish-hostname", WishHostname);
    t.runtime.Reconcile("network.merge-hostname-wishes", MergeHostnameWishes);
    t.runtime.Reconcile("network.choose-hostname", ChooseHostname);
    t.runtime.Reconcile("network.describe-config", DescribeNetwork);
    t.runtime.Reconcile("files.render-hosts", RenderHosts);
    t.runtime.Reconcile("files.render-resolv-conf", RenderResolvConf);
    t.runtime.Reconcile("parameters.want", WantParameters);
    t.runtime.Reconcile("parameters.diagnose-hardening", DiagnoseHardening);
    t.runtime.Reconcile("modules.want", WantModules);
    t.runtime.Reconcile("watchdog.want", WantWatchdog);
    t.runtime.Reconcile("delivery.want-kernel-log", WantKernelLog);
    t.runtime.Reconcile("secrets.derive-os-root", DeriveOsRoot);
    t.runtime.Reconcile("config.derive-machine-type", DeriveMachineType);
    t.runtime.Reconcile("config.diagnose-coverage", DiagnoseCoverage);
    REQUIRE_THAT(t.runtime.Validate(), IsOk());
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled(text);
    t.runtime.Publish<config::MachineConfig>(kSource, {{"persistent", spec}, {"v1alpha1", spec}});
    t.runtime.Publish<boot::NodeStage>(kSource, {{"stage", Text("stage: CONFIGURED")}});
    t.runtime.Publish<cluster::Identity>(kSource, {{"local", Text("node_id: 'id'")}});
    t.runtime.Publish<hardware::SystemInformation>("test", {});
    t.runtime.Publish<runtime::KernelCmdline>("test", {});
    t.runtime.Publish<network::LinkStatus>("networkd",
                                           {{"enp0s3", Text("type: LINK_ETHER link_state: true")}});
    t.runtime.Publish<network::NodeAddress>("networkd", {});
    network::AddressStatus::Spec address;
    *address.mutable_address() = ParseNetIPPrefix("10.0.0.5/24").value_or(common::NetIPPrefix());
    address.set_link_name("enp0s3");
    t.runtime.Publish<network::AddressStatus>("networkd", {{"enp0s3/10.0.0.5/24", address}});
    t.Settle();
  }
  ConfigForesight See(const std::string& text, const Caller& caller = {}) {
    const auto config = config::Load("", text);
    REQUIRE_THAT(config, IsOk());
    auto foresight = Foresee(t.store, t.runtime.Reconcilers(), kSource, *config, caller);
    REQUIRE_THAT(foresight, IsOk());
    return *std::move(foresight);
  }
  // The changes, with '+' for a new row, '-' for one that goes, '~' for another one.
  std::vector<std::string> Lines(const std::string& text) {
    const ConfigForesight seen = See(text);
    std::vector<std::string> lines;
    lines.reserve(seen.resources.size());
    for (const ResourceDifference& one : seen.resources) {
      const char* const sign = one.before.empty() ? "+" : one.after.empty() ? "-" : "~";
      lines.push_back(sign + one.ns + "/" + one.type + "/" + one.id);
    }
    return lines;
  }

  TestRuntime t;
};

}  // namespace

TEST_CASE("foresight: the same config changes nothing") {
  Fixture f(ConfigText(""));
  CHECK(f.Lines(ConfigText("")).empty());
}

TEST_CASE("foresight: what a config changes is named with what it is and becomes") {
  Fixture f(ConfigText(""));
  std::string text = ConfigText("");
  text.replace(text.find("n1"), 2, "n2");
  text.replace(text.find("vm.swappiness"), 13, "vm.dirty_ratio");
  const std::vector<std::string> lines = f.Lines(text);
  for (const char* const line :
       {"~network/HostnameStatuses.net.talos.dev/hostname",
        "-runtime/KernelParamSpecs.runtime.talos.dev/proc.sys.vm.swappiness",
        "+runtime/KernelParamSpecs.runtime.talos.dev/proc.sys.vm.dirty_ratio"}) {
    CAPTURE(line, lines);
    CHECK(std::ranges::contains(lines, std::string(line)));
  }
  const auto changes = f.See(text).resources;
  const auto name = std::ranges::find(changes, "hostname", &ResourceDifference::id);
  REQUIRE(name != changes.end());
  CHECK(name->before == "hostname: n1\ndomainname: \"\"\n");
  CHECK(name->after == "hostname: n2\ndomainname: \"\"\n");
  CHECK(f.t.runtime.Read<network::HostnameStatus>().front().spec().hostname() == "n1");
}

TEST_CASE("foresight: secrets are not shown") {
  Fixture f(ConfigText(""));
  std::string text = ConfigText("");
  text.replace(text.find("  sysctls"), 0, "  token: geheim.wort\n");
  for (const ResourceDifference& one : f.See(text).resources) {
    CHECK((one.before + one.after).find("geheim") == std::string::npos);
  }
  CHECK(f.Lines(text) == std::vector<std::string>{"~secrets/OSRootSecrets.secrets.talos.dev/os"});
}

TEST_CASE("foresight: a config that leaves no way to the node is told from others") {
  Fixture f(ConfigText(""));
  const std::string ignored = ", interfaces: [{interface: enp0s3, ignore: true}]";
  CHECK(f.See(ConfigText(ignored)).cuts_off);
  CHECK_FALSE(f.See(ConfigText("")).cuts_off);
  const std::string fixed = ", interfaces: [{interface: enp0s3, addresses: [10.0.0.6/24]}]";
  const Caller neighbour{.node = "10.0.0.5", .client = "10.0.0.9"};
  const ConfigForesight other = f.See(ConfigText(fixed), neighbour);
  CHECK_FALSE(other.cuts_off);
  CHECK(other.warnings ==
        std::vector<std::string>{"the address 10.0.0.5, at which you talk to the node, goes from "
                                 "enp0s3 with this config; 10.0.0.6 is there then"});
  CHECK(f.See(ConfigText(fixed), {.node = "10.0.0.5", .client = "192.0.2.1"}).cuts_off);
  SECTION("the command line gives an address that stays") {
    using Wish = InNamespace<network::AddressSpec, "network-config">;
    f.t.Advance(std::chrono::milliseconds(20));
    f.t.runtime.Publish<Wish>("networkd", {{"cmdline/enp0s3/10.0.0.5/24", {}}});
    f.t.Settle();
    CHECK_FALSE(f.See(ConfigText(ignored)).cuts_off);
  }
}

TEST_CASE("foresight: a node that nobody reaches now is not kept from a config") {
  Fixture f(ConfigText(", interfaces: [{interface: enp0s3, ignore: true}]"));
  CHECK_FALSE(f.See(ConfigText(", interfaces: [{interface: enp0s9}]")).cuts_off);
}

}  // namespace ichor
