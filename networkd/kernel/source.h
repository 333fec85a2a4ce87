// The kernel's links, addresses and routes, published whenever they change, with the lists of node
// addresses that follow from them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/netlink.h"
#include "lib/sys/uevents.h"
#include "lib/sys/wireguard.h"
#include "networkd/status/policy.h"

namespace ichor::networkd {

// Lists at most once per 20 ms, however many events there are. Loop's thread only.
class KernelSource {
 public:
  struct Environment {
    Loop& loop;
    Runtime& runtime;
    sys::Netlink& netlink;
    sys::Wireguard* wireguard = nullptr;  // null: nothing is said of tunnels
    const base::Clock& clock;
    // Set if somebody means a link by its name: then links that udevd has not named yet are passed
    // over, until `DevicesStatus` says that all devices are settled.
    sys::Uevents* uevents = nullptr;
    // Told the names of all links by index before their rows are published.
    std::function<void(const std::map<std::uint32_t, std::string>&)> on_names;
  };

  // All of `environment` must outlive it. Node addresses that stand in the store, from a
  // checkpoint, are what the lists look back at.
  explicit KernelSource(Environment environment);
  ~KernelSource();
  KernelSource(const KernelSource&) = delete;
  KernelSource& operator=(const KernelSource&) = delete;

  // Publishes what there is now, and from now on what changes. Fails if the kernel cannot be asked.
  absl::Status Start();

  // Lists and publishes now: for a netlink that tells of no changes.
  absl::Status Refresh();

 private:
  absl::Status Watch(int descriptor, void (KernelSource::*method)());
  void OnEvents();
  void OnUevents();
  void RefreshSoon();
  bool DevicesSettled();
  void Publish(const std::vector<sys::NetLink>& links,
               const std::vector<sys::NetAddress>& addresses,
               const std::vector<sys::NetRoute>& routes);

  const Environment environment_;
  NodeAddressRows node_addresses_;
  base::MonotonicTime last_{};
  std::optional<Loop::TimerId> timer_;
  std::vector<int> watched_;  // descriptors
};

}  // namespace ichor::networkd
