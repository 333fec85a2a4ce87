#include <map>
#include <set>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machined/services/fingerprint.h"
#include "machined/services/process_table.h"
#include "machined/services/register.h"

namespace ichor {
namespace {

using services::ProcessStatus;
using services::ServiceDefinition;
using services::ServiceHealth;
using services::ServiceState;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// Processes that start when asked and end when a test says so.
class FakeProcessHost : public ProcessHost {
 public:
  absl::Status Start(const std::string& id, const services::ProcessSpec::Spec& process) override {
    if (!running.contains(id)) {
      running[id] = ++starts;
      fingerprints[id] = FingerprintOf(process);
      news.insert(id);
    }
    return absl::OkStatus();
  }
  absl::Status Stop(const std::string& id) override {
    stopped.insert(id);
    return absl::OkStatus();
  }

  std::map<std::string, int> running;                 // pid by id
  std::map<std::string, std::uint64_t> fingerprints;  // of what was asked for last
  std::set<std::string> news;                         // started, and not told yet
  std::set<std::string> stopped;
  int starts = 0;
};

struct Machine {
  Machine() {
    RegisterServices(t.runtime, host, containers);
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.runtime.Publish<ServiceHealth>("test", {});
  }

  // Settles, and tells the table what the host did, until nothing happens any more.
  void Settle() {
    do {
      for (const std::string& id : std::exchange(host.news, {})) {
        table.OnStarted(id, host.running.at(id), t.clock.Now(), host.fingerprints.at(id));
      }
      t.Advance(20ms);
    } while (!host.news.empty());
  }

  void Kill(const std::string& id) {
    host.running.erase(id);
    table.OnExited(id, 9);
  }

  ServiceState::Spec::State StateOf(const std::string& id) {
    return t.runtime.Read<ServiceState>().find(id)->spec().state();
  }

  TestRuntime t;
  FakeProcessHost host;
  FakeProcessHost containers;
  ProcessTable table{*t.loop, t.runtime, t.clock};
};

}  // namespace

TEST_CASE("services: what is defined is started, once init has told what runs") {
  Machine m;
  m.t.runtime.Publish<ServiceDefinition>("boot", {{"networkd", {}}});
  m.Settle();
  CHECK(m.host.starts == 0);  // perhaps it runs already
  m.table.OnListed();
  m.Settle();
  CHECK(m.host.starts == 1);
  CHECK(m.StateOf("networkd") == ServiceState::Spec::RUNNING);
}

TEST_CASE("services: after a restart of machined, what runs is not started again") {
  Machine m;
  m.host.running["networkd"] = 77;
  m.t.runtime.Publish<ServiceDefinition>("boot", {{"networkd", {}}});
  m.table.OnStarted("networkd", 77, m.t.clock.Now(), FingerprintOf({}));
  m.table.OnListed();
  m.Settle();
  CHECK(m.host.starts == 0);
  CHECK(m.StateOf("networkd") == ServiceState::Spec::RUNNING);
}

TEST_CASE("services: what dies is started again, later each time; a minute of life forgives") {
  Machine m;
  m.t.runtime.Publish<ServiceDefinition>("boot", {{"networkd", {}}});
  m.table.OnListed();
  m.Settle();
  m.Kill("networkd");
  m.Settle();
  CHECK(m.StateOf("networkd") == ServiceState::Spec::WAITING);
  m.t.Advance(100ms);
  m.Settle();
  CHECK(m.host.starts == 2);

  m.Kill("networkd");
  m.t.Advance(150ms);
  CHECK(m.host.starts == 2);
  m.t.Advance(100ms);
  m.Settle();
  CHECK(m.host.starts == 3);

  m.t.Advance(61s);
  m.Kill("networkd");
  m.t.Advance(150ms);
  CHECK(m.host.starts == 4);
}

TEST_CASE("services: what is not defined any more is stopped") {
  Machine m;
  m.t.runtime.Publish<ServiceDefinition>("boot", {{"networkd", {}}});
  m.table.OnListed();
  m.Settle();
  m.t.runtime.Publish<ServiceDefinition>("boot", {});
  m.Settle();
  CHECK(m.host.stopped == std::set<std::string>{"networkd"});
  CHECK(m.t.runtime.Read<ServiceState>().empty());
}

TEST_CASE("services: one whose definition changes is started anew, and no other") {
  Machine m;
  const ServiceDefinition::Spec other = Text("process { environment: 'no_proxy=a' }");
  m.t.runtime.Publish<ServiceDefinition>("boot", {{"apid", {}}, {"networkd", {}}});
  m.table.OnListed();
  m.Settle();
  REQUIRE(m.host.starts == 2);

  ServiceDefinition::Spec unsure = other;
  unsure.set_provisional(true);
  m.t.runtime.Publish<ServiceDefinition>("boot", {{"apid", {}}, {"networkd", unsure}});
  m.Settle();
  CHECK(m.host.stopped.empty());

  m.t.runtime.Publish<ServiceDefinition>("boot", {{"apid", {}}, {"networkd", other}});
  m.Settle();
  CHECK(m.host.stopped == std::set<std::string>{"networkd"});
  m.table.OnStopping("networkd");
  m.Kill("networkd");
  m.t.Advance(100ms);
  m.Settle();
  CHECK(m.host.starts == 3);
  CHECK(m.StateOf("networkd") == ServiceState::Spec::RUNNING);
  m.host.stopped.clear();
  m.Settle();
  CHECK(m.host.stopped.empty());
}

TEST_CASE("services: what init refuses is tried again") {
  Machine m;
  m.t.runtime.Publish<ServiceDefinition>("boot", {{"networkd", {}}});
  m.table.OnListed();
  m.t.Advance(20ms);
  m.host.running.clear();
  m.host.news.clear();
  m.table.OnRefused("networkd", "execve: No such file or directory");
  m.t.Advance(20ms);
  CHECK(m.t.runtime.Read<ServiceState>().find("networkd")->spec().message() ==
        "execve: No such file or directory; starts again after a pause");
  m.t.Advance(100ms);
  CHECK(m.host.starts == 2);
}

TEST_CASE("services: what is in a container is asked of containerd, and says how far it is") {
  Machine m;
  m.table.OnListed();
  m.t.runtime.Publish<ServiceDefinition>(
      "boot", {{"kubelet", Text("process { arguments: '/kubelet' container { image: 'k:1' } }")}});
  m.Settle();
  CHECK(m.host.running.empty());
  CHECK(m.containers.running.contains("kubelet"));

  m.table.OnContained("kubelet");
  m.table.OnPreparing("kubelet", "pulls image k:1");
  m.Settle();
  CHECK(m.StateOf("kubelet") == ServiceState::Spec::PREPARING);
  CHECK(m.t.runtime.Read<ServiceState>().find("kubelet")->spec().message() == "pulls image k:1");

  m.table.OnRefused("kubelet", "image k:1 cannot be pulled: no such host");
  m.Settle();
  CHECK(m.StateOf("kubelet") == ServiceState::Spec::WAITING);
  CHECK(m.t.runtime.Read<ServiceState>().find("kubelet")->spec().message() ==
        "image k:1 cannot be pulled: no such host; starts again after a pause");

  m.table.OnPreparing("kubelet", "pulls image k:1");
  m.t.runtime.Publish<ServiceDefinition>("boot", {});
  m.Settle();
  CHECK(m.containers.stopped.contains("kubelet"));
  CHECK(m.host.stopped.empty());
}

}  // namespace ichor
