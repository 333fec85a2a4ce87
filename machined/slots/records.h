// What the loaders keep of a slot on trial, and how it reads once the slot is committed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor {

// Where they are on the EFI partition.
inline constexpr std::string_view kUkiDirectory = "EFI/Linux";
inline constexpr std::string_view kGrubEnvironment = "grub/grubenv";

// A file's new name.
struct Renamed {
  std::string from;
  std::string to;

  friend bool operator==(const Renamed&, const Renamed&) = default;
};

// What systemd-boot counts in: "ichor-000002-B+2-1.efi" has two tries left and one done. Among the
// names in its directory, the newest of `slot` that has a counter, and the same without; absent if
// the newest of that slot has none: nothing is left to do.
std::optional<Renamed> CommitUki(const std::vector<std::string>& names, std::string_view slot);

// GRUB's environment block with `slot` as the default, and no longer on trial. InvalidArgument if
// `block` is none, or is full.
absl::StatusOr<std::string> CommitEnvironment(std::string_view block, std::string_view slot);

}  // namespace ichor
