// networkd's sources, reconcilers and actuators, put together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "ichor/network.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/checkpoint.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/state/mirror.h"
#include "lib/sys/clock_control.h"
#include "lib/sys/ethernet.h"
#include "lib/sys/netlink.h"
#include "lib/sys/network_settings.h"
#include "lib/sys/packets.h"
#include "lib/sys/udp.h"
#include "lib/sys/uevents.h"
#include "lib/sys/virtual_links.h"
#include "lib/sys/wireguard.h"
#include "networkd/dhcp/operator.h"
#include "networkd/kernel/source.h"
#include "networkd/services.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

struct NetworkdOptions {
  std::string kernel_command_line;  // what /proc/cmdline says
  std::string socket;               // of machined's state; empty: none is there
  std::string checkpoint;           // empty: nothing is kept
  // Without machined: what it would say that the config says.
  network::NetworkConfiguration::Spec configuration = {};
  network::PlatformConfig::Spec platform = {};  // so too, of the platform
};

// Loop's thread only.
class Networkd {
 public:
  struct Environment {
    Loop& loop;
    Runtime& runtime;
    Store& store;
    const base::Clock& clock;
    sys::Netlink& netlink;
    sys::VirtualLinks& virtual_links;
    sys::Wireguard& wireguard;
    sys::Ethernet& ethernet;
    sys::Packets& packets;
    sys::Udp& udp;
    sys::NetworkSettings& settings;
    sys::ClockControl& clock_control;
    sys::Uevents* uevents;  // null if the command line means no link by its name
    std::function<std::uint32_t()> random;
  };

  // All of `environment` must outlive it, and run no actuator any more when it is destroyed.
  Networkd(Environment environment, NetworkdOptions options);
  Networkd(const Networkd&) = delete;
  Networkd& operator=(const Networkd&) = delete;

  // Loads the checkpoint, looks at the kernel, and connects to machined. Fails if the registrations
  // are wrong or the kernel cannot be asked; a checkpoint that cannot be read is only logged.
  absl::Status Start();

  // Looks at the kernel now.
  absl::Status Refresh() { return kernel_->Refresh(); }

 private:
  void Load();
  void SpeakForMachined();
  void PublishCommandLine();
  void RegisterReconcilers();
  void RegisterActuators();
  void RegisterNotices();
  void OnDevices();
  void RunServices();
  void RunOperators();
  void Save();
  state::MirrorOptions MirrorOptionsOf() const;

  const Environment environment_;
  const NetworkdOptions options_;
  const std::shared_ptr<Networkd*> self_ = std::make_shared<Networkd*>(this);
  std::unique_ptr<DhcpOperator> dhcp_;
  std::unique_ptr<NetworkServices> services_;
  std::unique_ptr<KernelSource> kernel_;
  std::unique_ptr<state::Mirror> mirror_;
};

}  // namespace ichor::networkd
