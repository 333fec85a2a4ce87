#include "lib/dashboard/facts.h"

#include <chrono>

#include "catch2/catch_test_macros.hpp"
#include "lib/dashboard/test_model.h"

namespace ichor::dashboard {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using Facts = std::vector<Fact>;

base::WallTime At(seconds time) {
  return base::WallTime(time);
}

}  // namespace

TEST_CASE("facts: what rows say of the machine and its network") {
  const Model model = BusyNode();
  CHECK(NameOf(model) == "n1.home");
  CHECK(MachineFacts(model) == Facts{{"UUID", "1-2-3"},
                                     {"CLUSTER", "home (1 machine)"},
                                     {"TYPE", "controlplane"},
                                     {"STAGE", "running"},
                                     {"READY", "false"},
                                     {"SECUREBOOT", "true"}});
  CHECK(NetworkFacts(model) == Facts{{"HOST", "n1.home"},
                                     {"IP", "10.0.2.15/24"},
                                     {"GW", "10.0.2.2"},
                                     {"CONNECTIVITY", "OK"},
                                     {"DNS", "10.0.2.3"},
                                     {"NTP", "time.example.org"}});
}

TEST_CASE("facts: what is not known is told as that") {
  Model model;
  model.name = "10.0.0.2";
  CHECK(NameOf(model) == "10.0.0.2");
  for (const Fact& fact : MachineFacts(model)) {
    CHECK(fact.value == "n/a");
  }
  CHECK(NetworkFacts(model).at(3) == Fact{"CONNECTIVITY", "n/a"});
  CHECK(KubernetesFacts(model).empty());
  CHECK(Problems(model).empty());
}

TEST_CASE("facts: what is not well comes first") {
  Model model = BusyNode();
  CHECK(ServiceFacts(model) == Facts{{"kubelet", "not healthy"}, {"apid", "running"}});
  model.error = "no answer";
  CHECK(Problems(model) ==
        std::vector<std::string>{"no answer", "time: time is not synced", "a disk\nis slow"});
  model.diagnostics["kubernetes"].set_message("etcd waits");
  CHECK(Problems(model) == std::vector<std::string>{"no answer", "etcd waits", "a disk\nis slow"});
}

TEST_CASE("facts: Kubernetes' parts are there if they run here") {
  Model model = BusyNode();
  auto& pod = *model.static_pods["kube-system/kube-apiserver-n1"].mutable_pod_status();
  CHECK(KubernetesFacts(model) == Facts{{"KUBELET", "running"}, {"APISERVER", "not ready"}});
  auto& condition = *(*pod.mutable_fields())["conditions"]
                         .mutable_list_value()
                         ->add_values()
                         ->mutable_struct_value();
  (*condition.mutable_fields())["type"].set_string_value("Ready");
  (*condition.mutable_fields())["status"].set_string_value("True");
  CHECK(KubernetesFacts(model).at(1) == Fact{"APISERVER", "ready"});
}

TEST_CASE("facts: times and amounts are short") {
  CHECK(Since(At(seconds(0)), At(seconds(59))) == "0m");
  CHECK(Since(At(seconds(0)), At(hours(3) + minutes(4))) == "3h4m");
  CHECK(Since(At(seconds(0)), At(hours(50))) == "2d2h");
  CHECK(Since(At(seconds(100)), At(seconds(0))) == "0m");
  CHECK(Amount(512) == "512 B");
  CHECK(Amount(1536) == "1.5 KiB");
  CHECK(Amount(2.0 * (1 << 30)) == "2.0 GiB");
  CHECK(Printable("a\x1b[31m\nb") == "a [31m b");
}

}  // namespace ichor::dashboard
