// A partition table, from memory onto a disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/disk/partition_table.h"

namespace ichor::disk {

struct TableWrite {
  std::uint64_t offset_bytes = 0;
  std::string bytes;
};

// What to write, in this order, each flushed to the medium before the next, so that the disk has
// `table`. `boot_record` is its first sector as it is.
//
// A power cut at any moment, in the middle of a write too, leaves the old table or the new one, and
// always a first table that is whole, since not every firmware and loader looks at the backup (nor
// does Linux, but with `gpt` on its command line). For that the entries are written where the first
// table does not have its own, and its header, a single sector, is what then switches over. (A disk
// whose first partition begins where others have nothing may leave no second place for entries: the
// backup alone stands for them then.) The backup is written before, at the disk's true end; an
// older one in the middle of a disk that is larger than its image stays there, where nothing looks.
//
// A disk without a first table that is whole gets the first one before the backup.
std::vector<TableWrite> WritesFor(const PartitionTable& table, std::string_view boot_record);

}  // namespace ichor::disk
