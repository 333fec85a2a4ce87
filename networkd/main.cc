#include "networkd/main.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/random.h"
#include "lib/base/status.h"
#include "lib/runtime/heap_trimmer.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/runtime/worker_pool.h"
#include "lib/sys/clock_control.h"
#include "lib/sys/file.h"
#include "lib/sys/linux_ethernet.h"
#include "lib/sys/linux_netlink.h"
#include "lib/sys/linux_network_settings.h"
#include "lib/sys/linux_packets.h"
#include "lib/sys/linux_udp.h"
#include "lib/sys/linux_uevents.h"
#include "lib/sys/linux_virtual_links.h"
#include "lib/sys/linux_wireguard.h"
#include "lib/sys/sandbox.h"
#include "networkd/cmdline/arguments.h"
#include "networkd/networkd.h"
#include "networkd/privileges.h"

namespace ichor::networkd {
namespace {

constexpr const char* kUsage =
    "Usage: networkd [OPTION VALUE]...\n"
    "\n"
    "Runs the node's network: links, addresses, routes, DHCP.\n"
    "\n"
    "  --socket PATH        of machined's state for networkd\n"
    "                       (default /system/run/networkd/runtime.sock)\n"
    "  --checkpoint PATH    what is kept over a restart\n"
    "                       (default /system/run/networkd/checkpoint)\n"
    "  --cmdline PATH       the kernel's command line (default /proc/cmdline)\n"
    "  --sandbox yes|no     whether privileges are given up (default yes)\n";

constexpr std::size_t kMaxCommandLineBytes = 64 << 10;
constexpr std::size_t kWorkers = 3;

struct Options {
  std::string socket = "/system/run/networkd/runtime.sock";
  std::string checkpoint = "/system/run/networkd/checkpoint";
  std::string cmdline = "/proc/cmdline";
  std::string sandbox = "yes";
};

std::optional<Options> Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    std::string* value = name == "--socket"       ? &options.socket
                         : name == "--checkpoint" ? &options.checkpoint
                         : name == "--cmdline"    ? &options.cmdline
                         : name == "--sandbox"    ? &options.sandbox
                                                  : nullptr;
    if (value == nullptr || i + 1 == argc) {
      return std::nullopt;
    }
    *value = argv[i + 1];
  }
  return options.sandbox == "yes" || options.sandbox == "no" ? std::optional(options)
                                                             : std::nullopt;
}

std::uint32_t RandomNumber() {
  const std::string bytes = base::RandomBytes(sizeof(std::uint32_t));
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

// Before the first thread: what networkd parses comes from anybody.
absl::Status GiveUpPrivileges(const Options& options) {
  if (options.sandbox == "no") {
    return absl::OkStatus();
  }
  return sys::Sandbox(PrivilegesOf(options.checkpoint));
}

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(std::string command_line, sys::ReadFile(options.cmdline, kMaxCommandLineBytes));
  RETURN_IF_ERROR(GiveUpPrivileges(options));
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::LinuxNetlink> netlink, sys::LinuxNetlink::Create());
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::LinuxVirtualLinks> virtual_links,
                   sys::LinuxVirtualLinks::Create());
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::LinuxWireguard> wireguard,
                   sys::LinuxWireguard::Create());
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::LinuxEthernet> ethernet,
                   sys::LinuxEthernet::Create());
  std::unique_ptr<sys::LinuxUevents> uevents;
  if (MeanLinksByName(ParseNetworkArguments(command_line))) {
    ASSIGN_OR_RETURN(uevents, sys::LinuxUevents::Create());
  }
  sys::LinuxPackets packets(loop->poller());
  sys::LinuxUdp udp(loop->poller());
  sys::LinuxNetworkSettings settings;
  sys::LinuxClockControl clock_control;
  Store store(clock);
  WorkerPool workers(kWorkers);
  Runtime runtime(*loop, workers, store, clock);
  Networkd networkd({.loop = *loop,
                     .runtime = runtime,
                     .store = store,
                     .clock = clock,
                     .netlink = *netlink,
                     .virtual_links = *virtual_links,
                     .wireguard = *wireguard,
                     .ethernet = *ethernet,
                     .packets = packets,
                     .udp = udp,
                     .settings = settings,
                     .clock_control = clock_control,
                     .uevents = uevents.get(),
                     .random = RandomNumber},
                    {.kernel_command_line = std::move(command_line),
                     .socket = options.socket,
                     .checkpoint = options.checkpoint});
  RETURN_IF_ERROR(networkd.Start());
  const HeapTrimmer trimmer(*loop, clock);
  loop->Run();
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::fputs(kUsage, stdout);
    return 0;
  }
  const std::optional<Options> options = Parse(argc, argv);
  if (!options.has_value()) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (const absl::Status status = Run(*options); !status.ok()) {
    base::LogLine(base::Severity::kError, base::MessageOf(status));
    return 1;
  }
  return 0;
}

}  // namespace ichor::networkd
