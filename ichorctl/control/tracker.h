// Tells nodes to stop or start again, and waits until they did.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "ichorctl/cli/session.h"
#include "ichorctl/nodes/access.h"
#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

// What is waited for.
enum class Goal : std::uint8_t {
  kReady,      // another boot, running and ready
  kStopped,    // services are stopped, or the node does not answer any more
  kRestarted,  // another boot, whether it has a config or is in maintenance mode
};

struct Order {
  std::string method;   // "/machine.MachineService/Reboot"; its reply has the actor's id. Empty:
                        // there is nothing to be told, only to be waited for
  std::string request;  // encoded
  Goal goal = Goal::kReady;
  bool wait = true;
  bool plain = false;  // no spinners
  bool debug = false;  // with the kernel's log; no spinners
  std::chrono::seconds timeout{1800};
};

// Gives the order to all nodes at once and shows what they do. DeadlineExceeded for those that do
// not reach the goal in time; the error has a line for each node that failed. Blocks; runs the
// session's loop.
absl::Status Carry(Session& session, const NodeFlags& flags, const Order& order);

// Boots that do not count, by node: the ones before a reboot.
using OldBoots = std::map<std::string, std::string, std::less<>>;

// Waits until each node of `access` says that it is running and ready, in another boot than its old
// one; one that is ready but for etcd, which waits for bootstrap, is too. Shows their steps; errors
// as Carry. Blocks; runs the session's loop.
absl::Status AwaitReady(Session& session, const Access& access, const OldBoots& old_boots,
                        std::chrono::seconds timeout);

}  // namespace ichor::ctl
