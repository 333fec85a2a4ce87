// Processes of a node that tests kill, and how they come back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "qemu-tests/machine.h"

namespace ichor::qemu {

struct Victim {
  std::string service;
  std::string process;  // its name in the kernel
};

// What stays up on every node.
inline const std::array<Victim, 4> kVictims = {{{"machined", "machined"},
                                                {"networkd", "networkd"},
                                                {"apid", "apid"},
                                                {"udevd", "systemd-udevd"}}};

// An order of `count` kills, each victim as often as the others, that `seed` decides.
std::vector<Victim> DealVictims(int count, std::uint32_t seed);

// Kills of machined so far, so that the next is no crash loop of init's: six within a minute.
class MachinedKills {
 public:
  static constexpr int kLimit = 6;

  void Note(base::MonotonicTime now) { times_.push_back(now); }
  // Whether one more now stays below the limit, with a second to spare.
  bool MayKill(base::MonotonicTime now) const { return LeftToLimit(now) > 1; }
  // How many more reach it.
  int LeftToLimit(base::MonotonicTime now) const;

 private:
  std::vector<base::MonotonicTime> times_;
};

// Kills a victim and waits until another process is there in its place.
absl::Status Kill(Machine& machine, const Victim& victim);

// The same, and waits until a node without a config is well again.
absl::Status KillAndWait(Machine& machine, const Victim& victim);

// The process of each victim, one and not more; an error names who is missing, double, or dead and
// not reaped.
absl::Status OneOfEach(const std::vector<GuestProcess>& processes);

}  // namespace ichor::qemu
