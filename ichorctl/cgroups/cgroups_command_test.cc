#include "ichorctl/cgroups/cgroups_command.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "ichorctl/fetch/test_archive.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {

TEST_CASE("cgroups: groups, disks and processes are fetched from the node") {
  TestNode node;
  machine::ProcessesResponse processes;
  machine::ProcessInfo& process = *processes.add_messages()->add_processes();
  process.set_pid(7);
  process.set_command("apid");
  node.Answer(MachineMethod("Processes"), processes);
  node.Answer(MachineMethod("Copy"), [](const TestNode::Call& call) {
    machine::CopyRequest request;
    request.ParseFromString(call.request);
    const std::string end(1024, '\0');
    common::Data data;
    data.set_bytes(Gzip(request.root_path() == "/sys/dev/block"
                            ? Entry('2', "8:0", "", "../../devices/x/sda") + end
                            : Entry('5', "./", "") + Entry('5', "./system/", "") +
                                  Entry('0', "./system/io.stat", "8:0 rbytes=1024\n") +
                                  Entry('0', "./system/cgroup.kill", "1") +
                                  Entry('0', "./system/cgroup.procs", "7\n") + end));
    return TestNode::Reply{.messages = {data.SerializeAsString()}};
  });
  REQUIRE_THAT(node.Run(CgroupsCommand, {"--preset", "io"}), base::IsOk());
  CHECK(node.out().starts_with("NAME           READ           WRITTEN"));
  CHECK(node.out().contains("  system       sda: 1.0 KiB"));
  CHECK(node.out().contains("    apid (7)"));
  CHECK(absl::IsInvalidArgument(node.Run(CgroupsCommand, {})));
  CHECK(absl::IsInvalidArgument(node.Run(CgroupsCommand, {"--preset", "io", "-n", "a,b"})));
}

}  // namespace ichor::ctl
