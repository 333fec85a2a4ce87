// With fake servers and disks, and a directory as STATE.
#include "machined/platform/platform_source.h"

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/boot.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_file_systems.h"
#include "lib/sys/file.h"
#include "machined/platform/policy.h"
#include "machined/sources/test_web.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {
namespace {

using network::PlatformFile;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr const char* kService = "http://169.254.169.254/hetzner/v1/metadata/";

struct Fixture {
  explicit Fixture(const std::string& command_line) {
    std::string path = "/tmp/platform_source_test.XXXXXX";
    REQUIRE(mkdtemp(path.data()) != nullptr);
    state = path;
    t.runtime.AddSource<network::NetworkStatus>("test");
    t.runtime.AddSource<network::LinkStatus>("test");
    t.runtime.AddSource<block::DiscoveredVolume>("test");
    t.runtime.AddSource<block::DiscoveredVolumesStatus>("test");
    t.runtime.AddSource<block::MountStatus>("test");
    t.runtime.AddSource<boot::PowerRequest>("test");
    t.runtime.Publish<runtime::MetaKey>("test", {});
    t.runtime.Publish<runtime::MetaLoad>("test", {});
    t.runtime.Publish<network::LinkStatus>("test", {});
    runtime::KernelCmdline::Spec line;
    line.set_cmdline(command_line);
    t.runtime.Publish<runtime::KernelCmdline>("test", {{"cmdline", std::move(line)}});
    t.runtime.Publish<hardware::SystemInformation>("test", {{"systeminformation", {}}});
    t.runtime.Reconcile("describe", DescribePlatformNetwork);
    t.runtime.OnSettled([this] { source->OnSettled(); });
    source = std::make_unique<PlatformSource>(PlatformSource::Parts{.runtime = t.runtime,
                                                                    .loop = *t.loop,
                                                                    .clock = t.clock,
                                                                    .reader = reader,
                                                                    .worker = t.executor});
    Settle();
  }
  ~Fixture() { std::filesystem::remove_all(state); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  void Settle() {
    for (int i = 0; i < 4; ++i) {
      t.Settle();
      t.Advance(20ms);  // publications of one source are gathered that long
    }
  }
  void GiveAddress() {
    t.runtime.Publish<network::NetworkStatus>("test", {{"status", Text("address_ready: true")}});
    Settle();
  }
  void MountState() {
    block::MountStatus::Spec mount;
    mount.set_target(state);
    t.runtime.Publish<block::MountStatus>("test", {{"STATE", mount}});
    Settle();
  }
  std::string Files() {
    std::string files;
    for (const auto& row : t.runtime.Read<PlatformFile>()) {
      files += row.id() + "=" + row.spec().text() + " ";
    }
    return files;
  }
  std::string Copy() const {
    return sys::ReadFile(state + "/platform-network.yaml", 65536).value_or("");
  }
  std::string Said() {
    const auto rows = t.runtime.Read<runtime::Diagnostic>();
    return rows.empty() ? "" : rows.front().spec().details(0);
  }

  TestRuntime t;
  TestWeb web;
  sys::FakeFileSystems disks;
  std::string state;
  SourceReader reader{
      {.loop = *t.loop, .worker = t.executor, .file_systems = disks, .new_client = [this] {
         return web.NewClient(*t.loop);
       }}};
  std::unique_ptr<PlatformSource> source;
};

}  // namespace

TEST_CASE("platform source: metal asks nobody") {
  Fixture f("quiet");
  f.GiveAddress();
  f.t.Advance(60s);
  CHECK(f.web.asked.empty());
  CHECK(f.Files().empty());
}

TEST_CASE("platform source: hcloud is asked once there is an address, and then no more") {
  Fixture f("talos.platform=hcloud");
  const std::string service = kService;
  f.web.answers[service + "hostname"] = "n1";
  f.web.answers[service + "network-config"] = "version: 1";
  CHECK(f.web.asked.empty());
  f.GiveAddress();
  CHECK(f.web.asked.size() == 5);
  CHECK(f.Files() == "hostname=n1 network-config=version: 1 ");
  f.t.Advance(300s);
  CHECK(f.web.asked.size() == 5);
}

TEST_CASE("platform source: a file that cannot be had is said, and asked for again") {
  Fixture f("talos.platform=hcloud");
  const std::string service = kService;
  f.web.answers[service + "hostname"] = "n1";
  f.web.answers[service + "instance-id"] = absl::UnavailableError("GET: 503");
  f.GiveAddress();
  CHECK(f.web.asked.size() == 2);
  CHECK(f.Said() == "platform file instance-id: GET: 503");
  CHECK(f.Files().empty());
  f.web.answers[service + "instance-id"] = "7";
  f.t.Advance(1s);
  f.Settle();
  CHECK(f.Files() == "hostname=n1 instance-id=7 ");
  CHECK(f.Said().empty());
}

TEST_CASE("platform source: nocloud's volume is read once all disks were looked at") {
  Fixture f("talos.platform=nocloud");
  f.disks.Add("/dev/sr0", {{"meta-data", "hostname: n1"}});
  f.t.runtime.Publish<block::DiscoveredVolume>(
      "test", {{"sr0", Text("name: 'iso9660' label: 'cidata' dev_path: '/dev/sr0'")}});
  f.Settle();
  CHECK(f.Files().empty());
  f.t.runtime.Publish<block::DiscoveredVolumesStatus>("test", {{"status", Text("ready: true")}});
  f.Settle();
  CHECK(f.Files() == "meta-data=hostname: n1 ");
}

TEST_CASE("platform source: STATE keeps what was said, for a boot at which nobody answers") {
  Fixture f("talos.platform=hcloud");
  const std::string service = kService;
  f.web.answers[service + "hostname"] = "n1";
  f.GiveAddress();
  f.MountState();
  CHECK(f.Copy().contains("hostname: n1"));

  Fixture next("talos.platform=hcloud");
  std::filesystem::copy(f.state, next.state, std::filesystem::copy_options::recursive);
  next.MountState();
  CHECK(next.Files().starts_with("platform-network.yaml="));
  const auto configs = next.t.runtime.Read<network::PlatformConfig>();
  REQUIRE(configs.size() == 1);
  CHECK(configs.front().id() == "cached");
  CHECK(configs.front().spec().metadata().hostname() == "n1");
  next.web.answers[service + "hostname"] = "n2";
  next.GiveAddress();
  CHECK(next.Files() == "hostname=n2 ");
  CHECK(next.t.runtime.Read<network::PlatformConfig>().front().id() == "active");
  CHECK(next.Copy().contains("hostname: n2"));
}

TEST_CASE("platform source: what a checkpoint brought is an answer") {
  Fixture f("talos.platform=hcloud");
  f.web.answers[std::string(kService) + "hostname"] = "n1";
  f.GiveAddress();
  f.source.reset();
  f.source = std::make_unique<PlatformSource>(PlatformSource::Parts{.runtime = f.t.runtime,
                                                                    .loop = *f.t.loop,
                                                                    .clock = f.t.clock,
                                                                    .reader = f.reader,
                                                                    .worker = f.t.executor});
  f.Settle();
  f.GiveAddress();
  CHECK(f.web.asked.size() == 5);
  CHECK(f.Files() == "hostname=n1 ");
}

}  // namespace ichor
