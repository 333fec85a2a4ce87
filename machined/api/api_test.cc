#include "machined/api/api.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "cosi/resource/state.pb.h"
#include "inspect/inspect.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "machined/api/api_fixture.h"
#include "storage/storage.pb.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/time/time.resources.h"
#include "time/time.pb.h"

namespace ichor::api {
namespace {

using base::IsOk;
using base::StatusIs;

const std::string kMachine = "/machine.MachineService/";

// The bytes of a stream of common.Data, one entry a message.
std::vector<std::string> Bytes(const Received& received) {
  std::vector<std::string> parts;
  for (const std::string& message : received.messages) {
    common::Data data;
    REQUIRE(data.ParseFromString(message));
    parts.push_back(data.bytes());
  }
  return parts;
}

std::vector<machine::Event> Events(const Received& received) {
  std::vector<machine::Event> events;
  for (const std::string& message : received.messages) {
    REQUIRE(events.emplace_back().ParseFromString(message));
  }
  return events;
}

}  // namespace

TEST_CASE("api: the version says what platform this is") {
  ApiFixture f;
  auto reply = f.Call<machine::VersionResponse>(kMachine + "Version");
  REQUIRE(f.parsed);
  CHECK(reply.messages(0).platform().name() == "metal");
  f.t.runtime.Publish<runtime::PlatformMetadata>("platform",
                                                 {{"metadata", Text("platform: 'aws'")}});
  f.t.Settle();
  reply = f.Call<machine::VersionResponse>(kMachine + "Version");
  CHECK(reply.messages(0).platform().mode() == "cloud");
}

TEST_CASE("api: the hostname is the kernel's") {
  ApiFixture f;
  f.t.kernel.hostname = "n1";
  CHECK(f.Call<machine::HostnameResponse>(kMachine + "Hostname").messages(0).hostname() == "n1");
}

TEST_CASE("api: who is not authorized is told so, whatever the method") {
  ApiFixture f;
  f.access.denied = kMachine + "Reboot";
  CHECK_THAT(f.Ask(kMachine + "Reboot"),
             StatusIs(absl::StatusCode::kPermissionDenied, "not authorized"));
  CHECK(f.control.asked.empty());
  f.access.denied = kMachine + "Dmesg";
  const auto stream = f.Open(kMachine + "Dmesg");
  CHECK_THAT(stream->status, StatusIs(absl::StatusCode::kPermissionDenied, "not authorized"));
}

TEST_CASE("api: reboot and shutdown answer with the actor that their events carry") {
  ApiFixture f;
  machine::RebootRequest reboot;
  reboot.set_mode(machine::RebootRequest::FORCE);
  CHECK(f.Call<machine::RebootResponse>(kMachine + "Reboot", reboot.SerializeAsString())
            .messages(0)
            .actor_id() == "actor");
  CHECK(f.control.asked == "reboot FORCE");
  CHECK(f.Call<machine::ShutdownResponse>(kMachine + "Shutdown").messages(0).actor_id() == "actor");
  CHECK(f.control.asked == "shutdown");
}

TEST_CASE("api: what this node does not have says so") {
  ApiFixture f;
  CHECK_THAT(f.Ask(kMachine + "Upgrade"), StatusIs(absl::StatusCode::kUnimplemented,
                                                   "upgrades are not there yet in this version"));
  CHECK_THAT(
      f.Ask(kMachine + "Nothing"),
      StatusIs(absl::StatusCode::kUnimplemented, "unknown method /machine.MachineService/Nothing"));
}

TEST_CASE("api: figures of the machine come from /proc, in one message each") {
  ApiFixture f;
  f.files.AddFile("/proc/meminfo", "MemTotal:  100 kB\nMemAvailable: 60 kB\n");
  f.files.AddFile("/proc/loadavg", "0.50 0.25 0.10 1/100 7\n");
  f.files.AddFile("/sys/devices/system/cpu/present", "0-1\n");
  f.files.AddFile("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2400000\n");
  const auto memory = f.Call<machine::MemoryResponse>(kMachine + "Memory");
  REQUIRE(f.parsed);
  CHECK(memory.messages(0).meminfo().memavailable() == 60);
  CHECK(f.Call<machine::LoadAvgResponse>(kMachine + "LoadAvg").messages(0).load5() == 0.25);
  const auto frequencies = f.Call<machine::CPUFreqStatsResponse>(kMachine + "CPUFreqStats");
  REQUIRE(frequencies.messages(0).cpu_freq_stats_size() == 2);
  CHECK(frequencies.messages(0).cpu_freq_stats(1).current_frequency() == 2'400'000);
  CHECK_THAT(
      f.Ask(kMachine + "CPUInfo"),
      StatusIs(absl::StatusCode::kNotFound, "open /proc/cpuinfo: No such file or directory"));
}

TEST_CASE("api: mounts say how large they are") {
  ApiFixture f;
  f.files.AddDirectory("/var");
  f.files.AddFile("/proc/self/mounts", "/dev/sda5 /var xfs rw 0 0\nnone /gone tmpfs rw 0 0\n");
  f.files.use = {
      .size_bytes = 100, .free_bytes = 40, .available_bytes = 30, .inodes = 9, .inodes_free = 4};
  const auto mounts = f.Call<machine::MountsResponse>(kMachine + "Mounts");
  REQUIRE(f.parsed);
  REQUIRE(mounts.messages(0).stats_size() == 2);
  CHECK(mounts.messages(0).stats(0).available() == 30);
  CHECK(mounts.messages(0).stats(1).size() == 0);
  machine::StorageServiceStatfsRequest request;
  request.set_path("/var");
  const auto use = f.Call<machine::StorageServiceStatfsResponse>("/machine.StorageService/Statfs",
                                                                 request.SerializeAsString());
  CHECK(use.used() == 60);
  CHECK(use.inodes_used() == 5);
}

TEST_CASE("api: processes that end while they are read are left out") {
  ApiFixture f;
  f.files.AddFile("/proc/1/stat",
                  "1 (init) S 0 1 1 0 -1 4194560 1 2 3 4 100 50 0 0 20 0 1 0 5 4096 1 0\n");
  f.files.AddFile("/proc/1/cmdline", std::string("/sbin/init\0--x\0", 15));
  f.files.AddLink("/proc/1/exe", "/sbin/init");
  f.files.AddDirectory("/proc/7");
  f.files.AddDirectory("/proc/net");
  const auto reply = f.Call<machine::ProcessesResponse>(kMachine + "Processes");
  REQUIRE(f.parsed);
  REQUIRE(reply.messages(0).processes_size() == 1);
  CHECK(reply.messages(0).processes(0).args() == "/sbin/init --x");
  CHECK(reply.messages(0).processes(0).cpu_time() == 1.5);
}

TEST_CASE("api: sockets come with the process that has them, if asked for") {
  ApiFixture f;
  f.files.AddFile(
      "/proc/net/tcp",
      "  sl  local_address ...\n"
      "   0: 0100007F:C350 00000000:0000 0A 00000000:00000000 00:00000000 00000000    50 "
      "       0 77 1 0000000000000000 100 0 0 10 0\n");
  f.files.AddLink("/proc/9/fd/3", "socket:[77]");
  f.files.AddFile("/proc/9/comm", "apid\n");
  machine::NetstatRequest request;
  request.mutable_l4proto()->set_tcp(true);
  request.mutable_feature()->set_pid(true);
  request.set_filter(machine::NetstatRequest::LISTENING);
  auto reply = f.Call<machine::NetstatResponse>(kMachine + "Netstat", request.SerializeAsString());
  REQUIRE(reply.messages(0).connectrecord_size() == 1);
  CHECK(reply.messages(0).connectrecord(0).process().name() == "apid");
  CHECK(reply.messages(0).connectrecord(0).localip() == "127.0.0.1");
  request.set_filter(machine::NetstatRequest::CONNECTED);
  reply = f.Call<machine::NetstatResponse>(kMachine + "Netstat", request.SerializeAsString());
  CHECK(reply.messages(0).connectrecord().empty());
}

TEST_CASE("api: a worker that hangs is replaced, and the caller told") {
  ApiFixture f;
  f.t.executor.Hold(kMachine + "Memory");
  const auto stream = f.Open(kMachine + "Memory");
  CHECK_FALSE(stream->over);
  f.t.Advance(std::chrono::seconds(30));
  f.Turn();
  CHECK_THAT(stream->status, StatusIs(absl::StatusCode::kDeadlineExceeded,
                                      "/machine.MachineService/Memory: no answer for 30 s"));
  CHECK(f.t.executor.replaced == std::vector<std::string>{kMachine + "Memory"});
  f.t.executor.Release(kMachine + "Memory");
  f.Turn();  // the answer that comes too late is dropped
}

TEST_CASE("api: services are listed with events and health") {
  ApiFixture f;
  machine::ServiceInfo apid;
  apid.set_id("apid");
  apid.set_state("Running");
  f.services.services = {apid};
  const auto reply = f.Call<machine::ServiceListResponse>(kMachine + "ServiceList");
  REQUIRE(reply.messages(0).services_size() == 1);
  CHECK(reply.messages(0).services(0).has_events());
  CHECK(reply.messages(0).services(0).has_health());
  machine::ServiceRestartRequest restart;
  restart.set_id("udevd");
  CHECK(f.Call<machine::ServiceRestartResponse>(kMachine + "ServiceRestart",
                                                restart.SerializeAsString())
            .messages(0)
            .resp() == "service \"udevd\" is restarted");
  CHECK_THAT(f.Ask(kMachine + "ServiceStop", restart.SerializeAsString()),
             StatusIs(absl::StatusCode::kNotFound, "no service \"udevd\""));
}

TEST_CASE("api: a log is read, followed, and unknown for a stranger") {
  ApiFixture f;
  f.logs.Append("apid", "one\ntwo\n");
  machine::LogsRequest request;
  request.set_namespace_("system");
  request.set_id("apid");
  request.set_tail_lines(-1);
  const auto all = f.Open(kMachine + "Logs", request.SerializeAsString());
  CHECK_THAT(all->status, IsOk());
  CHECK(Bytes(*all) == std::vector<std::string>{"one\ntwo\n"});
  request.set_tail_lines(1);
  request.set_follow(true);
  const auto follower = f.Open(kMachine + "Logs", request.SerializeAsString());
  f.logs.Append("apid", "three\n");
  f.Turn();
  CHECK_FALSE(follower->over);
  CHECK(Bytes(*follower) == std::vector<std::string>{"two\n", "three\n"});
  request.set_follow(false);
  request.set_id("dns-resolve-cache");  // whose work networkd does
  f.logs.Append("networkd", "asked\n");
  CHECK(Bytes(*f.Open(kMachine + "Logs", request.SerializeAsString())) ==
        std::vector<std::string>{"asked\n"});
  request.set_id("x");
  CHECK_THAT(f.Open(kMachine + "Logs", request.SerializeAsString())->status,
             StatusIs(absl::StatusCode::kNotFound, "log \"x\" was not registered"));
  CHECK(f.Call<machine::LogsContainersResponse>(kMachine + "LogsContainers").messages(0).ids(0) ==
        "apid");
}

TEST_CASE("api: the log of a pod's container is its file, from the last lines on") {
  ApiFixture f;
  f.files.AddFile("/log", "one\ntwo\n");
  machine::LogsRequest request;
  request.set_namespace_("k8s.io");
  request.set_driver(common::CRI);
  request.set_id("kube-system/api-n1:api:0123456789ab");
  request.set_tail_lines(1);
  const auto tail = f.Open(kMachine + "Logs", request.SerializeAsString());
  f.Turn();
  CHECK_THAT(tail->status, IsOk());
  CHECK(Bytes(*tail) == std::vector<std::string>{"two\n"});
  CHECK(f.containers.asked == "log of kube-system/api-n1:api:0123456789ab");
  request.set_follow(true);
  const auto follower = f.Open(kMachine + "Logs", request.SerializeAsString());
  f.Turn();
  f.files.AddFile("/other", "");  // what is made anew gets another inode
  f.files.AddFile("/log", "three\n");
  f.t.Advance(std::chrono::seconds(1));
  f.Turn();
  CHECK_FALSE(follower->over);
  CHECK(Bytes(*follower) == std::vector<std::string>{"two\n", "three\n"});
  f.containers.answer = absl::NotFoundError("container \"x\" not found");
  CHECK_THAT(f.Open(kMachine + "Logs", request.SerializeAsString())->status,
             StatusIs(absl::StatusCode::kNotFound, "container \"x\" not found"));
}

TEST_CASE("api: the kernel's log is read and followed, a line a message") {
  ApiFixture f;
  f.kernel_log.Add("6,1,1000000,-;Linux\n");
  f.kernel_log.Add("no record");
  const auto all = f.Open(kMachine + "Dmesg");
  CHECK_THAT(all->status, IsOk());
  CHECK(Bytes(*all) == std::vector<std::string>{"kern:    info: [2026-01-01T00:00:01Z]: Linux\n"});
  machine::DmesgRequest request;
  request.set_follow(true);
  request.set_tail(true);
  const auto follower = f.Open(kMachine + "Dmesg", request.SerializeAsString());
  CHECK(follower->messages.empty());
  f.kernel_log.Add("4,2,2000000,-;hot\n");
  f.Turn();
  f.kernel_log.Add("4,3,3000000,-;hotter\n");
  f.Turn();
  CHECK(Bytes(*follower) ==
        std::vector<std::string>{"kern: warning: [2026-01-01T00:00:02Z]: hot\n",
                                 "kern: warning: [2026-01-01T00:00:03Z]: hotter\n"});
}

TEST_CASE("api: events begin with an empty one, and go on as they come") {
  ApiFixture f;
  machine::PhaseEvent phase;
  phase.set_phase("boot");
  f.events.Publish(phase);
  const auto stream = f.Open(kMachine + "Events");
  REQUIRE(Events(*stream).size() == 1);
  CHECK(Events(*stream)[0].id().size() == 20);
  CHECK(Events(*stream)[0].data().type_url().empty());
  f.events.Publish(phase, "actor");
  f.Turn();
  REQUIRE(Events(*stream).size() == 2);
  CHECK(Events(*stream)[1].actor_id() == "actor");
  machine::EventsRequest history;
  history.set_tail_events(-1);
  CHECK(f.Open(kMachine + "Events", history.SerializeAsString())->messages.size() == 3);
}

TEST_CASE("api: a directory is listed, its errors too") {
  ApiFixture f;
  f.files.AddFile("/etc/hosts", "x");
  f.files.AddLink("/etc/l", "hosts");
  machine::ListRequest request;
  request.set_root("/etc");
  const auto stream = f.Open(kMachine + "List", request.SerializeAsString());
  REQUIRE(stream->messages.size() == 3);
  machine::FileInfo info;
  REQUIRE(info.ParseFromString(stream->messages[0]));
  CHECK(info.relative_name() == ".");
  CHECK(info.is_dir());
  REQUIRE(info.ParseFromString(stream->messages[2]));
  CHECK(info.link() == "hosts");
  CHECK_THAT(stream->status, IsOk());
  request.set_root("/none");
  const auto none = f.Open(kMachine + "List", request.SerializeAsString());
  REQUIRE(none->messages.size() == 1);
  REQUIRE(info.ParseFromString(none->messages[0]));
  CHECK(info.error() == "open /none: No such file or directory");
}

TEST_CASE("api: disks come from resources, the system disk marked") {
  ApiFixture f;
  f.t.runtime.Publish<block::Disk>(
      "block", {{"nvme0n1", Text("size: 10 dev_path: '/dev/nvme0n1' transport: 'nvme'")},
                {"sda", Text("size: 20 dev_path: '/dev/sda' rotational: true")}});
  f.t.runtime.Publish<block::SystemDisk>("block", {{"system-disk", Text("disk_id: 'sda'")}});
  f.t.Settle();
  const auto reply = f.Call<::storage::DisksResponse>("/storage.StorageService/Disks");
  REQUIRE(reply.messages(0).disks_size() == 2);
  CHECK(reply.messages(0).disks(0).type() == ::storage::Disk::NVME);
  CHECK_FALSE(reply.messages(0).disks(0).system_disk());
  CHECK(reply.messages(0).disks(1).type() == ::storage::Disk::HDD);
  CHECK(reply.messages(0).disks(1).system_disk());
}

TEST_CASE("api: time is compared once it is synchronized") {
  ApiFixture f;
  CHECK_THAT(f.Ask("/time.TimeService/Time"),
             StatusIs(absl::StatusCode::kUnavailable,
                      "time is not in sync: there is nothing to compare with"));
  f.t.runtime.Publish<time::TimeStatus>("time", {{"node", Text("synced: true")}});
  f.t.runtime.Publish<network::TimeServerStatus>("net",
                                                 {{"timeservers", Text("ntp_servers: 'ntp'")}});
  f.t.Settle();
  const auto reply = f.Call<time_api::TimeResponse>("/time.TimeService/Time");
  REQUIRE(f.parsed);
  CHECK(reply.messages(0).server() == "ntp");
  CHECK(reply.messages(0).has_remotetime());
}

TEST_CASE("api: the graph of controllers can be inspected") {
  ApiFixture f;
  f.t.runtime.AddSource<network::HostnameSpec>("dhcp");
  const auto reply = f.Call<inspect::ControllerRuntimeDependenciesResponse>(
      "/inspect.InspectService/ControllerRuntimeDependencies");
  REQUIRE(f.parsed);
  const auto edge = std::ranges::find(reply.messages(0).edges(), "dhcp",
                                      &inspect::ControllerDependencyEdge::controller_name);
  REQUIRE(edge != reply.messages(0).edges().end());
  CHECK(edge->resource_type() == "HostnameSpecs.net.talos.dev");
}

TEST_CASE("api: resources are read only, the sensitive ones by administrators") {
  ApiFixture f;
  f.t.runtime.Publish<network::HostnameStatus>("net", {{"hostname", Text("hostname: 'n1'")}});
  f.t.Settle();
  const std::string list = "/cosi.resource.State/List";
  cosi::resource::ListRequest request;
  request.set_namespace_("network");
  request.set_type("HostnameStatuses.net.talos.dev");
  CHECK(f.Open(list, request.SerializeAsString())->messages.size() == 1);
  request.set_type("Unknown.net.talos.dev");
  CHECK_THAT(f.Open(list, request.SerializeAsString())->status,
             StatusIs(absl::StatusCode::kPermissionDenied,
                      "resource type \"Unknown.net.talos.dev\" is not known"));
  request.set_type("HostnameStatuses.net.talos.dev");
  request.set_namespace_("nowhere");
  CHECK_THAT(f.Open(list, request.SerializeAsString())->status,
             StatusIs(absl::StatusCode::kPermissionDenied, "namespace \"nowhere\" is not known"));
  request.set_type("MachineConfigs.config.talos.dev");
  request.set_namespace_("config");
  CHECK_THAT(f.Open(list, request.SerializeAsString())->status,
             StatusIs(absl::StatusCode::kPermissionDenied, "not authorized"));
  f.access.admin = true;
  CHECK_THAT(f.Open(list, request.SerializeAsString())->status, IsOk());
  cosi::resource::DestroyRequest destroy;
  destroy.set_namespace_("network");
  destroy.set_type("HostnameStatuses.net.talos.dev");
  destroy.set_id("hostname");
  CHECK_THAT(f.Ask("/cosi.resource.State/Destroy", destroy.SerializeAsString()),
             StatusIs(absl::StatusCode::kPermissionDenied, "write access is not allowed"));
}

}  // namespace ichor::api
