#include "machined/etcd/launch.h"

#include <algorithm>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"
#include "machined/etcd/policy.h"

namespace ichor {
namespace {

using etcd::EtcdProgram;

// A node on which etcd can run; a test takes away what it is about.
struct Node {
  Node() {
    spec.set_name("n1");
    *spec.add_advertised_addresses() = *ParseNetIP("10.0.0.2");
    *spec.add_listen_peer_addresses() = *ParseNetIP("0.0.0.0");
    *spec.add_listen_client_addresses() = *ParseNetIP("0.0.0.0");
    data.set_beginning(etcd::EtcdDataStatus::Spec::NEW);
    data.set_empty(true);
  }

  All<EtcdProgram> Plan() const {
    const auto desired = PlanEtcd(
        AllOf<etcd::EtcdConfig>({{"etcd", Text("image: 'x/etcd:3'")}}),
        has_spec ? AllOf<etcd::EtcdSpec>({{"etcd", spec}}) : AllOf<etcd::EtcdSpec>({}),
        has_certificates ? AllOf<etcd::PKIStatus>({{"etcd", Text("ready: true")}})
                         : AllOf<etcd::PKIStatus>({}),
        AllOf<time::TimeStatus>({{"node", Text(synced ? "synced: true" : "")}}),
        has_data ? AllOf<etcd::EtcdDataStatus>({{"etcd", data}}) : AllOf<etcd::EtcdDataStatus>({}));
    REQUIRE_THAT(desired, base::IsOk());
    return Stated(*desired);
  }

  std::string WaitsFor() const {
    const auto rows = Plan();
    const auto& waits = rows.find("etcd")->spec().waits_for();
    CHECK(waits.size() <= 1);
    return waits.empty() ? "" : waits[0];
  }

  etcd::EtcdSpec::Spec spec;
  etcd::EtcdDataStatus::Spec data;
  bool has_spec = true;
  bool has_certificates = true;
  bool synced = true;
  bool has_data = true;
};

bool Has(const EtcdProgram::Spec& program, const std::string& argument) {
  return std::ranges::contains(program.arguments(), argument);
}

}  // namespace

TEST_CASE("etcd: it begins as a cluster of its own once that was asked for") {
  const All<EtcdProgram> rows = Node().Plan();
  REQUIRE(Ids(rows) == "etcd");
  const EtcdProgram::Spec& program = rows.front().spec();
  CHECK(program.image() == "x/etcd:3");
  CHECK(program.arguments(0) == "/usr/local/bin/etcd");
  CHECK(Has(program, "--initial-cluster=n1=https://10.0.0.2:2380"));
  CHECK(Has(program, "--initial-cluster-state=new"));
  CHECK(program.binds(0) == "/var/lib/etcd");
  CHECK(program.read_only_binds(0) == "/system/secrets/etcd");
  CHECK(program.waits_for().empty());
}

TEST_CASE("etcd: with data it starts as what it is") {
  Node node;
  node.data.clear_beginning();
  node.data.set_empty(false);
  const All<EtcdProgram> rows = node.Plan();
  CHECK(std::ranges::none_of(rows.front().spec().arguments(), [](const std::string& argument) {
    return argument.starts_with("--initial-cluster");
  }));
  CHECK(rows.front().spec().waits_for().empty());
}

TEST_CASE("etcd: it joins those that it was told of") {
  Node node;
  node.data.set_beginning(etcd::EtcdDataStatus::Spec::JOIN);
  node.data.set_initial_cluster("n0=https://10.0.0.1:2380,n1=https://10.0.0.2:2380");
  const All<EtcdProgram> rows = node.Plan();
  CHECK(Has(rows.front().spec(),
            "--initial-cluster=n0=https://10.0.0.1:2380,n1=https://10.0.0.2:2380"));
  CHECK(Has(rows.front().spec(), "--initial-cluster-state=existing"));
}

TEST_CASE("etcd: it does not run once it has left its cluster") {
  Node node;
  node.data.set_beginning(etcd::EtcdDataStatus::Spec::LEFT);
  CHECK(node.Plan().empty());
}

TEST_CASE("etcd: what it waits for is one thing at a time, and bootstrap is the last") {
  Node node;
  node.data.clear_beginning();
  CHECK(node.WaitsFor() == "bootstrap: run `ichorctl bootstrap -n 10.0.0.2`");
  node.has_certificates = false;
  CHECK(node.WaitsFor() == "its certificates");
  node.synced = false;
  CHECK(node.WaitsFor() == "time sync");
  node.data.set_error("EIO");
  CHECK(node.WaitsFor() == "its directory: EIO");
  node.has_data = false;
  CHECK(node.WaitsFor() == "volume EPHEMERAL");
  CHECK(node.Plan().front().spec().provisional());
  node.has_spec = false;
  CHECK(node.WaitsFor() == "a hostname and an address");
  CHECK(node.Plan().front().spec().provisional());
}

TEST_CASE("etcd: a snapshot is restored before it starts") {
  Node node;
  node.data.set_beginning(etcd::EtcdDataStatus::Spec::SNAPSHOT);
  node.data.set_skip_hash_check(true);
  node.data.set_number(7);
  CHECK(node.WaitsFor() == "its data to be restored from the snapshot");
  const All<EtcdProgram> rows = node.Plan();
  REQUIRE(Ids(rows) == "etcd etcd-restore");
  const EtcdProgram::Spec& restore = rows[1].spec();
  CHECK(restore.once());
  CHECK(restore.revision() == "7");
  CHECK(restore.waits_for().empty());
  CHECK(std::vector<std::string>(restore.arguments().begin(), restore.arguments().end()) ==
        std::vector<std::string>{"/usr/local/bin/etcdutl", "snapshot", "restore",
                                 "/var/lib/etcd.snapshot", "--data-dir=/var/lib/etcd/restored",
                                 "--initial-advertise-peer-urls=https://10.0.0.2:2380",
                                 "--initial-cluster=n1=https://10.0.0.2:2380", "--name=n1",
                                 "--skip-hash-check"});
  CHECK(restore.read_only_binds(0) == "/var/lib/etcd.snapshot");

  node.data.set_empty(false);
  CHECK(Ids(node.Plan()) == "etcd");
  CHECK(node.WaitsFor().empty());
}

}  // namespace ichor
