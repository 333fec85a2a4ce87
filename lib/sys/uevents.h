// What the kernel, and udevd after its rules, say about devices that come, change and go.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::sys {

struct Uevent {
  enum class Origin : std::uint8_t { kKernel, kUdev };

  Origin origin = Origin::kKernel;
  std::string action;   // add, remove, change, move, bind …
  std::string devpath;  // below /sys, as in /devices/virtual/block/loop0
  std::string subsystem;
  std::map<std::string, std::string, std::less<>> properties;  // all, ACTION and so on too
};

// The lines KEY=VALUE of `text`, each ended by `separator`; what has no = is left out. Of a key
// that is there twice, the last. Sysfs' `uevent` files and datagrams read so.
std::map<std::string, std::string, std::less<>> ParseProperties(std::string_view text,
                                                                char separator);

// One datagram of a NETLINK_KOBJECT_UEVENT socket: the kernel's, or udevd's with its binary header.
// InvalidArgument if it is neither, or says no action or path.
absl::StatusOr<Uevent> ParseUevent(std::string_view datagram);

class Uevents {
 public:
  virtual ~Uevents() = default;

  // A descriptor that is readable when events wait; owned here. -1 in tests.
  virtual int Descriptor() const = 0;

  // The events that wait, in order, at most 1,024. ResourceExhausted if some were lost: look at
  // everything anew, and drain again. Does not block.
  virtual absl::StatusOr<std::vector<Uevent>> Drain() = 0;
};

}  // namespace ichor::sys
