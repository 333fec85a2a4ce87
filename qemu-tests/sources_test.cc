// A machine that nobody talks to finds its config itself.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lib/base/status_matchers.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/http_server.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/medium.h"
#include "qemu-tests/node_traits.h"
#include "qemu-tests/test_files.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr std::uint64_t kDiskBytes = std::uint64_t{12} << 30U;
constexpr const char* kUuid = "5f2d3c1a-0b7e-4f6d-9c8b-7a6f5e4d3c2b";

absl::StatusOr<Cluster> ClusterOnFirstDisk() {
  return NewCluster({"machine: {install: {disk: /dev/vda}}"});
}

// Serves the config of a cluster as "config".
absl::StatusOr<HttpServer> Serve(const Cluster& cluster) {
  const std::string directory = TestDirectory() + "/served";
  std::filesystem::create_directories(directory);
  std::ofstream(directory + "/config") << cluster.config;
  return HttpServer::Start(directory);
}

TEST_CASE("sources: a machine in memory tells a URL who it is, installs itself, and asks no more",
          "[install][amd64]") {
  const auto cluster = ClusterOnFirstDisk();
  REQUIRE_THAT(cluster, IsOk());
  const auto server = Serve(*cluster);
  REQUIRE_THAT(server, IsOk());
  auto machine = Machine::Create({.firmware = Firmware::kDirect,
                                  .disks = {{.size_bytes = kDiskBytes}},
                                  .nics = {{.mac = "52:54:00:0a:0b:0c"}},
                                  .uuid = kUuid,
                                  .serial = "SN 4711",
                                  .arguments = "talos.config=" + server->UrlOf("config") +
                                               "?mac=${mac}&uuid=${uuid}&serial=${serial}"},
                                 "pxe");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(machine->WaitForLine("the system on /dev/vda is the machine's"), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:admin"}));
  const auto node = TraitsOf(machine->api());
  REQUIRE_THAT(node, IsOk());
  CHECK(node->config == cluster->config);
  CHECK(node->system_disk == "/dev/vda");
  const auto system = machine->api().List<hardware::SystemInformation>();
  REQUIRE_THAT(system, IsOk());
  CHECK(system->front().spec().uuid() == kUuid);
  CHECK(server->Requests() ==
        std::vector<std::string>{
            std::string("/config?mac=52%3A54%3A00%3A0a%3A0b%3A0c&serial=SN+4711&uuid=") + kUuid});
  machine->PowerCut();

  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:admin"}));
  const auto again = TraitsOf(machine->api());
  REQUIRE_THAT(again, IsOk());
  CHECK(*again == *node);
  CHECK(server->Requests().size() == 1);
  CHECK_THAT(machine->Console(), !ContainsSubstring("EFI is made"));
}

TEST_CASE("sources: a medium labelled metal-iso has the config of the machine it is in",
          "[install][amd64]") {
  const MediumKind kind = GENERATE(MediumKind::kVfat, MediumKind::kIso);
  const auto cluster = ClusterOnFirstDisk();
  REQUIRE_THAT(cluster, IsOk());
  const std::string medium = TestDirectory() + "/medium.raw";
  REQUIRE_THAT(MakeMedium({.kind = kind,
                           .label = "metal-iso",
                           .file_name = "config.yaml",
                           .content = cluster->config},
                          medium),
               IsOk());
  auto machine =
      Machine::Create({.firmware = Firmware::kDirectDisk,
                       .disks = {{.size_bytes = kDiskBytes, .holds_image = true}, {.file = medium}},
                       .arguments = "talos.config=metal-iso"},
                      "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:admin"}));
  const auto node = TraitsOf(machine->api());
  REQUIRE_THAT(node, IsOk());
  CHECK(node->config == cluster->config);
  CHECK(node->system_disk == "/dev/vda");
}

}  // namespace
}  // namespace ichor::qemu
