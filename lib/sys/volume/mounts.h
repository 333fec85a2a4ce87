// File systems that are mounted where everybody sees them, and stay.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

struct MountPlan {
  std::string device;          // "/dev/vda6"
  std::string type;            // "xfs"
  std::string target;          // a directory
  bool programs = false;       // they may be run from there
  bool project_quota = false;  // the kernel counts what belongs to each project
  bool secure = true;          // set-user-ID programs and devices are not what they are elsewhere
  bool access_times = true;    // reading a file notes when
};

// Two directories seen as one: what is changed there goes to `upper`. See overlayfs in the kernel's
// documentation.
struct OverlayPlan {
  std::string lower;
  std::string upper;
  std::string work;  // empty, and on the file system of `upper`
  std::string target;
  bool programs = false;  // they may be run from there
};

// Everything blocks, for ever if the disk hangs.
class Mounts {
 public:
  virtual ~Mounts() = default;

  // Mounts as the plan says; OK too if this device is mounted there
  // already. Other errors are the kernel's: a file system that cannot be read is InvalidArgument or
  // Internal, and which of them says little.
  virtual absl::Status Mount(const MountPlan& plan) = 0;

  // Mounts an overlay, where set-user-ID programs and devices are not what they are elsewhere.
  virtual absl::Status MountOverlay(const OverlayPlan& plan) = 0;

  // Mounts a file system in memory at `target`, empty, which nothing is run from; its root may be
  // written to by its owner only. See tmpfs(5).
  virtual absl::Status MountMemory(const std::string& target) = 0;

  // Shows the directory `source` at `target` too, read-only there, without what is mounted below
  // it. What is mounted on either later is not seen at the other.
  virtual absl::Status ShowAt(const std::string& source, const std::string& target) = 0;

  // Takes away what is mounted at `target`; OK if nothing is.
  virtual absl::Status Unmount(const std::string& target) = 0;

  // Takes away what is mounted at `target`, and before it what would keep it busy: mounts below it,
  // other mounts of its device, overlays with directories in it. OK if nothing is mounted there.
  virtual absl::Status UnmountWith(const std::string& target) = 0;

  // Whether something is mounted at `target` itself.
  virtual absl::StatusOr<bool> IsMounted(const std::string& target) = 0;
};

}  // namespace ichor::sys
