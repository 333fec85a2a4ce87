#include "machined/boot/services.h"

#include <algorithm>
#include <format>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

Rows Define(const All<boot::PowerRequest>& power, const std::string& command_line,
            const std::vector<std::string>& variables = {}) {
  runtime::Environment::Spec environment;
  environment.mutable_variables()->Assign(variables.begin(), variables.end());
  absl::StatusOr<Desired<services::ServiceDefinition>> defined =
      DefineServices(power,
                     AllOf<runtime::KernelCmdline>(
                         {{"cmdline", Text(std::format("cmdline: '{}'", command_line))}}),
                     AllOf<runtime::Environment>({{"machined", std::move(environment)}}));
  REQUIRE_THAT(defined, base::IsOk());
  return std::move(*defined).Take();
}

std::vector<std::string> Defined(const All<boot::PowerRequest>& power,
                                 const std::string& command_line = "") {
  std::vector<std::string> ids;
  for (const DesiredRow& row : Define(power, command_line)) {
    ids.push_back(row.id);
  }
  return ids;
}

definitions::ProcessParameters ProcessOf(const Rows& rows, const std::string& id) {
  const auto row = std::ranges::find(rows, id, &DesiredRow::id);
  REQUIRE(row != rows.end());
  return static_cast<const services::ServiceDefinition::Spec&>(*row->spec->message()).process();
}

}  // namespace

TEST_CASE("define services: everything, until the machine goes down") {
  CHECK(Defined(AllOf<boot::PowerRequest>({})) ==
        std::vector<std::string>{"machined", "networkd", "apid", "udevd", "dashboard",
                                 "network-drivers", "coldplug", "devices-settled"});
  CHECK(Defined(AllOf<boot::PowerRequest>({{"power", {}}})) ==
        std::vector<std::string>{"machined"});
}

TEST_CASE("define services: apid and networkd are nobody, with no more than they need") {
  const Rows rows = Define(AllOf<boot::PowerRequest>({}), "");
  const auto process = [&](const std::string& id) { return ProcessOf(rows, id); };
  CHECK(process("apid").uid() == 50);
  CHECK(process("apid").capabilities().empty());
  CHECK_FALSE(process("apid").all_capabilities());
  const auto networkd = process("networkd");
  CHECK(networkd.uid() == 52);
  const auto& capabilities = networkd.capabilities();
  CHECK(std::vector<std::string>(capabilities.begin(), capabilities.end()) ==
        std::vector<std::string>{"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_NET_BIND_SERVICE",
                                 "CAP_SYS_TIME"});
  CHECK_FALSE(networkd.all_capabilities());
}

TEST_CASE("define services: the environment is given to those that are not in the way of a boot") {
  const std::vector<std::string> variables = {"A=b", "http_proxy=http://p:1"};
  const Rows rows = Define(AllOf<boot::PowerRequest>({}), "", variables);
  const auto environment = [&](const std::string& id) {
    const auto process = ProcessOf(rows, id);
    return std::vector<std::string>(process.environment().begin(), process.environment().end());
  };
  using Lines = std::vector<std::string>;
  CHECK(environment("networkd") ==
        Lines{"PATH=/usr/sbin:/usr/bin", "A=b", "http_proxy=http://p:1"});
  CHECK(environment("apid") == Lines{"PATH=/usr/sbin:/usr/bin", "A=b"});
  CHECK(environment("udevd") == Lines{"PATH=/usr/sbin:/usr/bin"});
}

TEST_CASE("define services: nothing that runs is disturbed before the environment is known") {
  const auto provisional = [](const All<runtime::Environment>& environments) {
    const auto defined = DefineServices(AllOf<boot::PowerRequest>({}),
                                        AllOf<runtime::KernelCmdline>({}), environments);
    REQUIRE_THAT(defined, base::IsOk());
    return Stated(*defined).find("apid")->spec().provisional();
  };
  CHECK(provisional(AllOf<runtime::Environment>({})));
  CHECK_FALSE(provisional(AllOf<runtime::Environment>({{"machined", {}}})));
}

TEST_CASE("define services: the command line moves the dashboard, or switches it off") {
  const auto nobody = AllOf<boot::PowerRequest>({});
  CHECK(ProcessOf(Define(nobody, "quiet"), "dashboard").terminal() == "/dev/tty2");
  CHECK(ProcessOf(Define(nobody, "talos.dashboard.console=tty5"), "dashboard").terminal() ==
        "/dev/tty5");
  CHECK(std::ranges::contains(Defined(nobody, "talos.dashboard.disabled=0"), "dashboard"));
  CHECK_FALSE(std::ranges::contains(Defined(nobody, "talos.dashboard.disabled=1"), "dashboard"));
}

TEST_CASE("devices status: ready when the wait for udevd has ended, however it did") {
  const auto ready = [](const All<services::ProcessStatus>& processes) {
    absl::StatusOr<Desired<runtime::DevicesStatus>> decided = DecideDevicesStatus(processes);
    REQUIRE_THAT(decided, base::IsOk());
    const Rows rows = std::move(*decided).Take();
    REQUIRE(rows.size() == 1);
    return static_cast<const runtime::DevicesStatus::Spec&>(*rows.front().spec->message()).ready();
  };
  using services::ProcessStatus;
  CHECK_FALSE(ready(AllOf<ProcessStatus>({})));
  CHECK_FALSE(ready(AllOf<ProcessStatus>({{"devices-settled", Text("pid: 5")}})));
  CHECK(ready(AllOf<ProcessStatus>({{"devices-settled", Text("succeeded: true")}})));
  CHECK(ready(AllOf<ProcessStatus>({{"devices-settled", Text("ended: 'exited with 1'")}})));
}

}  // namespace ichor
