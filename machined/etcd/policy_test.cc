#include "machined/etcd/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

using etcd::EtcdConfig;
using etcd::EtcdSpec;

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

network::NodeAddress::Spec ListOf(const std::vector<std::string>& addresses) {
  network::NodeAddress::Spec list;
  for (const std::string& address : addresses) {
    *list.add_addresses() = *ParseNetIPPrefix(address);
  }
  return list;
}

absl::StatusOr<Desired<EtcdSpec>> Resolve(const std::string& text) {
  const auto configs = ConfigRow(text);
  return ResolveEtcdSpec(
      configs, Stated(*DeriveEtcdConfig(configs)),
      AllOf<network::HostnameStatus>({{"hostname", Text("hostname: 'n1' domainname: 'x'")}}),
      AllOf<network::NodeAddress>(
          {{"routed", ListOf({"10.244.0.1/24", "10.0.0.2/24", "192.168.0.2/24", "fd00::2/64"})},
           {"current", ListOf({"10.0.0.2/24", "192.168.0.2/24", "203.0.113.7/32"})}}));
}

EtcdSpec::Spec Spec(const std::string& text) {
  const auto resolved = Resolve(text);
  REQUIRE_THAT(resolved, base::IsOk());
  const All<EtcdSpec> rows = Stated(*resolved);
  REQUIRE(Ids(rows) == "etcd");
  return rows.front().spec();
}

template <class Addresses>
std::string Shown(const Addresses& addresses) {
  std::string text;
  for (const common::NetIP& address : addresses) {
    text += (text.empty() ? "" : " ") + ToText(address);
  }
  return text;
}

}  // namespace

TEST_CASE("etcd: the host of a member's address") {
  CHECK(HostOfUrl("https://10.0.0.1:2380") == "10.0.0.1");
  CHECK(HostOfUrl("https://[fd00::1]:2380") == "fd00::1");
  CHECK(HostOfUrl("n1") == "n1");
}

TEST_CASE("etcd: by default it announces the first address of the node, and listens on all") {
  const EtcdSpec::Spec spec = Spec(Cluster().OneDocument());
  CHECK(spec.name() == "n1");
  CHECK(spec.image() == "registry.k8s.io/etcd:3.7.1");
  CHECK(Shown(spec.advertised_addresses()) == "10.0.0.2");
  CHECK(Shown(spec.listen_peer_addresses()) == "0.0.0.0");
  CHECK(Shown(spec.listen_client_addresses()) == "0.0.0.0");
}

TEST_CASE("etcd: networks of the config choose, of all addresses what is announced") {
  const std::string ca = Cluster().OneDocument();
  const std::string with = ca.substr(0, ca.rfind('}')) +
                           ", advertisedSubnets: [203.0.113.0/24, 192.168.0.0/16, '!192.168.0.2'],"
                           " listenSubnets: [192.168.0.0/16, 'fd00::/8']}\n";
  const EtcdSpec::Spec spec = Spec(with);
  CHECK(Shown(spec.advertised_addresses()) == "203.0.113.7");
  CHECK(Shown(spec.listen_peer_addresses()) == "192.168.0.2 fd00::2");
  CHECK(Shown(spec.listen_client_addresses()) == "127.0.0.1 192.168.0.2 fd00::2");
  const std::string none = ca.substr(0, ca.rfind('}')) + ", advertisedSubnets: [172.16.0.0/12]}\n";
  CHECK(Stated(*Resolve(none)).empty());
}

TEST_CASE("etcd: its flags, and those that the config may not give") {
  EtcdSpec::Spec spec = Spec(Cluster().OneDocument());
  auto& extra = *spec.mutable_extra_args();
  extra["election-timeout"].add_values("2000");
  extra["advertise-client-urls"].add_values("https://lb:2379");
  const auto flags = EtcdFlags(spec);
  REQUIRE_THAT(flags, base::IsOk());
  CHECK(*flags ==
        std::vector<std::string>{"--advertise-client-urls=https://lb:2379",
                                 "--auto-tls=false",
                                 "--cert-file=/system/secrets/etcd/server.crt",
                                 "--client-cert-auth=true",
                                 "--data-dir=/var/lib/etcd",
                                 "--election-timeout=2000",
                                 "--feature-gates=InitialCorruptCheck=true,CompactHashCheck=true",
                                 "--initial-advertise-peer-urls=https://10.0.0.2:2380",
                                 "--key-file=/system/secrets/etcd/server.key",
                                 "--listen-client-http-urls=https://0.0.0.0:2383",
                                 "--listen-client-urls=https://0.0.0.0:2379",
                                 "--listen-peer-urls=https://0.0.0.0:2380",
                                 "--name=n1",
                                 "--peer-auto-tls=false",
                                 "--peer-cert-file=/system/secrets/etcd/peer.crt",
                                 "--peer-client-cert-auth=true",
                                 "--peer-key-file=/system/secrets/etcd/peer.key",
                                 "--peer-trusted-ca-file=/system/secrets/etcd/ca.crt",
                                 "--tls-min-version=TLS1.3",
                                 "--trusted-ca-file=/system/secrets/etcd/ca.crt",
                                 "--watch-progress-notify-interval=5s"});
  const std::string text = Cluster().OneDocument();
  const auto denied =
      Resolve(text.substr(0, text.rfind('}')) + ", extraArgs: {name: other}}\n").status();
  CHECK(denied.message() == "extra arg \"name\" is not allowed");
}

TEST_CASE("etcd: a worker has none") {
  CHECK(Stated(*DeriveEtcdConfig(ConfigRow("machine: {type: worker}\ncluster: {}\n"))).empty());
}

}  // namespace ichor
