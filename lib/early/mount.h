// Mounts of the first minutes.
#pragma once

#include <cstdint>
#include <span>

#include "lib/early/console.h"

namespace ichor::early {

// One file system to mount. `flags` are those of mount(2).
struct Mount {
  const char* source;
  const char* target;
  const char* type;
  unsigned long flags = 0;  // mount(2)'s type
  const char* data = nullptr;
  bool optional = false;  // said as information, not as an error, where the kernel lacks it
};

// Whether something is mounted exactly there.
bool IsMountPoint(const char* path);

// Mounts what is not mounted yet, in order, and makes missing directories. What fails is said on
// `console` and skipped. Returns how many that are not optional failed.
int MountAll(std::span<const Mount> mounts, const Console& console);

}  // namespace ichor::early
