// The kernel's pstore, where firmware has one: see the kernel's documentation, abi/pstore.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "lib/sys/file_view.h"

namespace ichor {

// Of so many ends records stay in the store, where a later boot finds them again; older ones are
// removed, since its room is small.
inline constexpr std::size_t kMostEndsKept = 3;

// The crashes before this boot, oldest first. `remove` takes away a file. An error if the directory
// cannot be read; a file that cannot is left out. Blocks.
absl::StatusOr<std::vector<boot::CrashRecord::Spec>> ReadPstore(
    sys::FileView& files, const std::string& directory,
    const std::function<void(const std::string& path)>& remove);

}  // namespace ichor
