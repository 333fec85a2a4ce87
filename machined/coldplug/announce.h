// Announces devices to udevd that were there before it, by writing to their `uevent` files:
// Documentation/ABI/testing/sysfs-uevent.
#pragma once

#include <cstddef>
#include <string_view>

#include "lib/early/fd.h"
#include "lib/early/text.h"

namespace ichor::coldplug {

// Whether a datagram of udevd says that it is done with an event that was written with this UUID.
bool IsAbout(std::string_view datagram, std::string_view uuid);

// What udevd says when it is done with an event.
class Answers {
 public:
  // Listens from now on. False, with errno, if the kernel refuses.
  bool Open();
  // Blocks until udevd is done with `count` events that were written with `uuid`, or so many
  // milliseconds have passed since the last one.
  void Await(std::size_t count, std::string_view uuid, int patience_ms);

 private:
  early::Fd socket_;
};

// Announces every network card, with `uuid`. `sysfs` is /sys. Returns how many.
std::size_t AnnounceNetworkCards(const char* sysfs, std::string_view uuid);

// Announces every block device, then every other device, those of before too.
void AnnounceAll(const char* sysfs);

}  // namespace ichor::coldplug
