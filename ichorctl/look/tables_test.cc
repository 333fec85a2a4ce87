// Commands that show a table: what is asked, and every column.
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "cosi/resource/state.pb.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/parts.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "lib/base/version.h"
#include "machine/machine.pb.h"
#include "storage/storage.pb.h"
#include "talos/resource/definitions/block/block.pb.h"
#include "time/time.pb.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

TEST_CASE("version: client and nodes are shown, and the client alone without asking") {
  TestNode node;
  machine::VersionResponse reply;
  machine::Version& version = *reply.add_messages();
  version.mutable_version()->set_tag("v1.14.0");
  version.mutable_version()->set_os("linux");
  version.mutable_version()->set_arch("arm64");
  version.mutable_features()->set_rbac(true);
  node.Answer(MachineMethod("Version"), reply);
  REQUIRE_THAT(node.Run(VersionCommand, {}), IsOk());
  CHECK(node.out().ends_with(
      "Server:\n\tNODE:        10.0.0.2\n\tTag:         v1.14.0\n\tSHA:         \n"
      "\tBuilt:       \n\tGo version:  \n\tOS/Arch:     linux/arm64\n\tEnabled:     RBAC\n\n"));
  REQUIRE_THAT(node.Run(VersionCommand, {"--short"}), IsOk());
  CHECK(node.out() == "Client " + std::string(base::kVersionTag) + "\nServer 10.0.0.2 v1.14.0\n");
  REQUIRE_THAT(node.Run(VersionCommand, {"--client", "--short"}), IsOk());
  CHECK(node.calls().empty());
}

TEST_CASE("memory: values are in MiB, and verbose shows all as the kernel gives them") {
  TestNode node;
  machine::MemoryResponse reply;
  machine::MemInfo& info = *reply.add_messages()->mutable_meminfo();
  info.set_memtotal(4096 * 1024);
  info.set_memfree(1024 * 1024);
  info.set_cached(512 * 1024);
  info.set_buffers(10 * 1024);
  info.set_shmem(2 * 1024);
  info.set_memavailable(3000 * 1024);
  info.set_hugepagestotal(3);
  node.Answer(MachineMethod("Memory"), reply);
  REQUIRE_THAT(node.Run(MemoryCommand, {}), IsOk());
  CHECK(node.out() ==
        "NODE       TOTAL   USED   FREE   SHARED   BUFFERS   CACHE   AVAILABLE\n"
        "10.0.0.2   4096    2550   1024   2        10        512     3000\n");
  REQUIRE_THAT(node.Run(MemoryCommand, {"-v"}), IsOk());
  CHECK(node.out().starts_with("NODE: 10.0.0.2\nmemtotal: 4194304 kB\n"));
  CHECK(node.out().contains("\nhugepagestotal: 3\n"));
}

TEST_CASE("mounts: file systems without a size are left out") {
  TestNode node;
  machine::MountsResponse reply;
  machine::Mounts& mounts = *reply.add_messages();
  machine::MountStat& var = *mounts.add_stats();
  var.set_filesystem("/dev/sda6");
  var.set_size(2'000'000'000);
  var.set_available(500'000'000);
  var.set_mounted_on("/var");
  mounts.add_stats()->set_filesystem("proc");
  node.Answer(MachineMethod("Mounts"), reply);
  REQUIRE_THAT(node.Run(MountsCommand, {}), IsOk());
  CHECK(node.out() ==
        "NODE       FILESYSTEM   SIZE(GB)   USED(GB)   AVAILABLE(GB)   PERCENT USED   MOUNTED ON\n"
        "10.0.0.2   /dev/sda6    2.00       1.50       0.50            75.00%         /var\n");
}

TEST_CASE("disks: the system's is named") {
  TestNode node;
  storage::DisksResponse reply;
  storage::Disks& disks = *reply.add_messages();
  for (const std::string name : {"/dev/sda", "/dev/nvme0n1"}) {
    storage::Disk& disk = *disks.add_disks();
    disk.set_device_name(name);
    disk.set_size(256'000'000'000);
    disk.set_model("M\t1");
    disk.set_type(storage::Disk::SSD);
  }
  disks.mutable_disks(1)->set_system_disk(true);
  node.Answer("/storage.StorageService/Disks", reply);
  REQUIRE_THAT(node.Run(DisksCommand, {}), IsOk());
  CHECK(node.out() ==
        "NODE       DISK           SIZE     TYPE   MODEL    SERIAL   WWID\n"
        "10.0.0.2   /dev/sda       256 GB   SSD    M\\x091\n"
        "10.0.0.2   /dev/nvme0n1   256 GB   SSD    M\\x091                   system disk\n");
}

TEST_CASE("containers: those of a pod stand under it, in the runtime that was asked for") {
  TestNode node;
  machine::ContainersResponse reply;
  machine::Container& all = *reply.add_messages();
  for (const std::string id : {"kube-system/dns:coredns", "kube-system/dns"}) {
    machine::ContainerInfo& one = *all.add_containers();
    one.set_namespace_("k8s.io");
    one.set_id(id);
    one.set_pod_id("kube-system/dns");
    one.set_image("pause");
    one.set_pid(id.ends_with("dns") ? 7 : 0);
    one.set_status("SANDBOX_READY");
  }
  node.Answer(MachineMethod("Containers"), reply);
  REQUIRE_THAT(node.Run(ContainersCommand, {"-k"}), IsOk());
  CHECK(node.out().contains("10.0.0.2   k8s.io      kube-system/dns  "));
  CHECK(node.out().contains("10.0.0.2   k8s.io      └─ kube-system/dns:coredns"));
  machine::ContainersRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.namespace_() == "k8s.io");
  CHECK(request.driver() == common::CRI);
}

TEST_CASE("processes: the largest come first, by memory or by time") {
  TestNode node;
  machine::ProcessesResponse reply;
  machine::Process& all = *reply.add_messages();
  for (const int pid : {1, 2}) {
    machine::ProcessInfo& one = *all.add_processes();
    one.set_pid(pid);
    one.set_state("S");
    one.set_threads(3);
    one.set_cpu_time(pid == 1 ? 9.5 : 0.25);
    one.set_resident_memory(pid == 1 ? 1'000 : 5'000'000);
    one.set_args(pid == 1 ? "/sbin/init" : "machined --x");
  }
  node.Answer(MachineMethod("Processes"), reply);
  REQUIRE_THAT(node.Run(ProcessesCommand, {}), IsOk());
  CHECK(node.out() ==
        "NODE       PID   STATE   THREADS   CPU-TIME   VIRTMEM   RESMEM   LABEL   COMMAND\n"
        "10.0.0.2   2     S       3         0.25       0 B       5.0 MB           machined --x\n"
        "10.0.0.2   1     S       3         9.50       0 B       1.0 kB           /sbin/init\n");
  REQUIRE_THAT(node.Run(ProcessesCommand, {"-s", "cpu"}), IsOk());
  CHECK(node.out().find("init") < node.out().find("machined"));
}

TEST_CASE("time: a server that is named is asked") {
  TestNode node;
  time_api::TimeResponse reply;
  time_api::Time& time = *reply.add_messages();
  time.set_server("pool.ntp.org");
  time.mutable_localtime()->set_seconds(60);
  time.mutable_remotetime()->set_seconds(61);
  node.Answer("/time.TimeService/Time", reply);
  node.Answer("/time.TimeService/TimeCheck", reply);
  REQUIRE_THAT(node.Run(TimeCommand, {}), IsOk());
  CHECK(node.out().contains(
      "10.0.0.2   pool.ntp.org   1970-01-01 00:01:00 +0000 UTC   1970-01-01 00:01:01 +0000 UTC\n"));
  REQUIRE_THAT(node.Run(TimeCommand, {"--check", "10.0.0.1"}), IsOk());
  time_api::TimeRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.server() == "10.0.0.1");
}

TEST_CASE("service: all are listed, one is shown with its events, and actions are passed on") {
  TestNode node;
  machine::ServiceListResponse reply;
  machine::ServiceInfo& service = *reply.add_messages()->add_services();
  service.set_id("apid");
  service.set_state("Running");
  service.mutable_health()->set_healthy(true);
  machine::ServiceEvent& event = *service.mutable_events()->add_events();
  event.set_state("Running");
  event.set_msg("Health check successful");
  event.mutable_ts()->set_seconds(std::chrono::floor<std::chrono::seconds>(node.world().clock.Now())
                                      .time_since_epoch()
                                      .count() -
                                  7200);
  node.Answer(MachineMethod("ServiceList"), reply);
  REQUIRE_THAT(node.Run(ServiceCommand, {}), IsOk());
  CHECK(
      node.out().starts_with("NODE       SERVICE   STATE     HEALTH   LAST CHANGE   LAST EVENT\n"
                             "10.0.0.2   apid      Running   OK       2h0m"));
  REQUIRE_THAT(node.Run(ServiceCommand, {"apid"}), IsOk());
  CHECK(
      node.out().starts_with("NODE     10.0.0.2\nID       apid\nSTATE    Running\n"
                             "HEALTH   OK\nEVENTS   [Running]: Health check successful (2h0m"));
  CHECK_THAT(
      node.Run(ServiceCommand, {"apidd"}),
      StatusIs(absl::StatusCode::kNotFound, "service \"apidd\" is not registered on any node"));
  machine::ServiceRestartResponse restarted;
  restarted.add_messages()->set_resp("Service \"apid\" restarted");
  node.Answer(MachineMethod("ServiceRestart"), restarted);
  REQUIRE_THAT(node.Run(ServiceCommand, {"apid", "restart"}), IsOk());
  CHECK(node.out() == "NODE       RESPONSE\n10.0.0.2   Service \"apid\" restarted\n");
  CHECK(node.Run(ServiceCommand, {"apid", "jump"}).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("netstat: connected sockets of TCP and UDP are asked for, others on demand") {
  TestNode node;
  machine::NetstatResponse reply;
  machine::ConnectRecord& record = *reply.add_messages()->add_connectrecord();
  record.set_l4proto("tcp");
  record.set_localip("10.0.0.2");
  record.set_localport(50000);
  record.set_remoteip("10.0.0.9");
  record.set_remoteport(4711);
  record.set_state(machine::ConnectRecord::ESTABLISHED);
  record.mutable_process()->set_pid(12);
  record.mutable_process()->set_name("apid");
  node.Answer(MachineMethod("Netstat"), reply);
  REQUIRE_THAT(node.Run(NetstatCommand, {}), IsOk());
  CHECK(node.out().ends_with(
      "10.0.0.2   tcp     0        0        10.0.0.2:50000   10.0.0.9:4711     ESTABLISHED\n"));
  machine::NetstatRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.filter() == machine::NetstatRequest::CONNECTED);
  CHECK((request.l4proto().tcp6() && request.l4proto().udp() && !request.l4proto().raw()));
  REQUIRE_THAT(node.Run(NetstatCommand, {"-l", "-t", "-4", "-p"}), IsOk());
  CHECK(node.out().contains("12/apid"));
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.filter() == machine::NetstatRequest::LISTENING);
  CHECK((request.l4proto().tcp() && !request.l4proto().tcp6() && !request.l4proto().udp()));
  CHECK(request.feature().pid());
}

TEST_CASE("diskfree: each mounted volume is measured, or the one that was named") {
  TestNode node;
  node.Answer("/cosi.resource.State/List", [](const TestNode::Call&) {
    TestNode::Reply reply;
    for (const std::string id : {"EPHEMERAL", "STATE"}) {
      talos::resource::definitions::block::MountStatusSpec spec;
      spec.mutable_spec()->set_volume_id(id);
      spec.set_source("/dev/" + id);
      spec.set_target("/mnt/" + id);
      cosi::resource::ListResponse row;
      row.mutable_resource()->mutable_metadata()->set_id(id);
      row.mutable_resource()->mutable_spec()->set_proto_spec(spec.SerializeAsString());
      reply.messages.push_back(row.SerializeAsString());
    }
    return reply;
  });
  machine::StorageServiceStatfsResponse statistics;
  statistics.set_size(2048);
  statistics.set_used(1024);
  statistics.set_available(1000);
  statistics.set_inodes(10);
  statistics.set_inodes_used(1);
  node.Answer("/machine.StorageService/Statfs", statistics);
  REQUIRE_THAT(node.Run(DiskFreeCommand, {"STATE"}), IsOk());
  CHECK(node.out() ==
        "NODE       VOLUME   FILESYSTEM   SIZE      USED      AVAILABLE   USAGE    MOUNT POINT\n"
        "10.0.0.2   STATE    /dev/STATE   2.0 KiB   1.0 KiB   1000 B      50.00%   /mnt/STATE\n");
  REQUIRE_THAT(node.Run(DiskFreeCommand, {"-i"}), IsOk());
  CHECK(node.out().contains(
      "10.0.0.2   EPHEMERAL   /dev/EPHEMERAL   10       1       0       10.00%"));
}

}  // namespace ichor::ctl
