#include "lib/config/defaults.h"

#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "config/block.pb.h"
#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"
#include "config/network.pb.h"
#include "config/runtime.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/config/config.h"
#include "lib/config/kubernetes_version.h"
#include "lib/config/reference.h"

namespace ichor::config {
namespace {

template <class Message>
Message Effective(std::string_view text) {
  const auto config = Load("", std::string(text));
  REQUIRE_THAT(config.status(), base::IsOk());
  const auto message = WithDefaults(config->documents().front());
  return static_cast<const Message&>(*message);
}

template <class Message>
Message EffectiveOf(std::string_view kind, std::string_view rest) {
  return Effective<Message>("apiVersion: v1alpha1\nkind: " + std::string(kind) + "\n" +
                            std::string(rest) + "\n");
}

TEST_CASE("defaults: what is not set has its default") {
  const auto legacy = Effective<v1alpha1::LegacyConfig>("machine: {}\ncluster: {}\n");
  CHECK(legacy.cluster().network().dns_domain() == "cluster.local");
  REQUIRE(legacy.cluster().network().pod_subnets_size() == 1);
  CHECK(legacy.cluster().network().pod_subnets(0) == "10.244.0.0/16");
  CHECK(legacy.cluster().network().service_subnets(0) == "10.96.0.0/12");
  CHECK(legacy.cluster().network().cni().name() == "flannel");
  CHECK(legacy.machine().type() == "worker");
  CHECK(EffectiveOf<v1alpha1::WatchdogTimerConfig>("WatchdogTimerConfig", "").timeout().seconds() ==
        60);
  CHECK(EffectiveOf<v1alpha1::TCPProbeConfig>("TCPProbeConfig", "name: a").timeout().seconds() ==
        10);
  const auto oom = EffectiveOf<v1alpha1::OOMConfig>("OOMConfig", "");
  CHECK(oom.sample_interval().nanos() == 500'000'000);
  CHECK(oom.strict_cgroup_class_ordering());
  CHECK(EffectiveOf<v1alpha1::KubeSpanConfig>("KubeSpanConfig", "").mtu() == 1420);
  CHECK(EffectiveOf<v1alpha1::DHCPv4Config>("DHCPv4Config", "name: a").client_identifier() ==
        "mac");
  const auto api = EffectiveOf<v1alpha1::KubeAPIServerConfig>("KubeAPIServerConfig", "");
  CHECK(api.api_port() == 6443);
  CHECK(api.startup_probes());
}

TEST_CASE("defaults: what is set stays") {
  const auto legacy = Effective<v1alpha1::LegacyConfig>(
      "machine: {type: controlplane}\ncluster: {network: {podSubnets: [10.0.0.0/8]}}\n");
  CHECK(legacy.machine().type() == "controlplane");
  REQUIRE(legacy.cluster().network().pod_subnets_size() == 1);
  CHECK(legacy.cluster().network().pod_subnets(0) == "10.0.0.0/8");
  CHECK_FALSE(
      EffectiveOf<v1alpha1::KubeAPIServerConfig>("KubeAPIServerConfig", "startupProbes: false")
          .startup_probes());
}

TEST_CASE("defaults: sections that are not there stay so, items of lists are filled") {
  const auto bare = Effective<v1alpha1::LegacyConfig>("machine: {}\n");
  CHECK_FALSE(bare.machine().has_kubelet());
  CHECK_FALSE(bare.has_cluster());
  const auto legacy = Effective<v1alpha1::LegacyConfig>(
      "machine: {kubelet: {}, network: {interfaces: [{interface: a, dhcpOptions: {}}]}}\n");
  CHECK(legacy.machine().kubelet().image() ==
        "ghcr.io/siderolabs/kubelet:" + std::string(kDefaultKubernetesVersion));
  CHECK(legacy.machine().network().interfaces(0).dhcp_options().route_metric() == 1024);
  const auto volume = EffectiveOf<v1alpha1::UserVolumeConfig>("UserVolumeConfig", "name: a");
  CHECK(volume.filesystem().type() == "xfs");
  CHECK(volume.volume_type() == "partition");
}

// Whether each default of a shape can be decoded; those of sections once.
void SetAll(const Kind& kind) {
  const std::unique_ptr<google::protobuf::Message> message(kind.prototype().New());
  SetDefaults(*message, *kind.shape);
  for (const Field& field : kind.shape->fields) {
    if (field.option->default_().empty() || field.list) continue;
    INFO(kind.name << "." << field.key);
    CHECK(message->GetReflection()->HasField(*message, field.descriptor) ==
          (field.option->default_() != "false" || field.descriptor->has_presence()));
  }
}

TEST_CASE("defaults: each default fits its field, and explain says the same") {
  for (const Kind& kind : AllKinds()) {
    SetAll(kind);
  }
  const auto explained = Explain("KubeSpanConfig.mtu");
  REQUIRE_THAT(explained.status(), base::IsOk());
  CHECK(explained->contains("Default: 1420\n"));
}

}  // namespace
}  // namespace ichor::config
