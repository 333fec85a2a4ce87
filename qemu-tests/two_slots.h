// A disk with two slots, and what is done to it while the machine is off: image/two_slots.py.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::qemu {

// The disk is a raw file in the running test's directory. Both slots hold the image's root and are
// committed at first; B is the newer one. Each operation blocks for a second or two; an error has
// the tool's name, its output is in two-slots.log.
class TwoSlots {
 public:
  // What lies over the root of slot B, as a second image, by its path there.
  struct Over {
    std::map<std::string, std::string> links;   // to where they lead
    std::map<std::string, std::string> copies;  // of files of the host
  };

  // For amd64.
  static absl::StatusOr<TwoSlots> Make(const std::string& name, const Over& over_b = {});

  // As before the first start.
  absl::Status MakeAgain() const;
  // Slot B gets so many tries, and `arguments` behind its command line.
  absl::Status Arm(int tries, const std::vector<std::string>& arguments = {}) const;
  // Slot B is committed, with `arguments` behind its command line.
  absl::Status Commit(const std::vector<std::string>& arguments = {}) const;
  // Inverts a byte of a slot: the first ("magic") or another one of its "header", of the
  // "superblock" of its root, or in the middle of a file of that. Twice is as before.
  absl::Status Flip(const std::string& slot, const std::string& at) const;
  // Lines "uki NAME" and "grub NAME=VALUE": what the loaders know.
  absl::StatusOr<std::string> Show() const;

  const std::string& file() const { return file_; }

 private:
  explicit TwoSlots(std::string file, std::string over)
      : file_(std::move(file)), over_(std::move(over)) {}

  std::string file_;
  std::string over_;  // a directory; empty: nothing
};

}  // namespace ichor::qemu
