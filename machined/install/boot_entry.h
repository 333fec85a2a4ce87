// The firmware's own list of what to boot.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "lib/disk/partition_table.h"
#include "lib/sys/volume/efi_variables.h"

namespace ichor {

// An EFI_LOAD_OPTION (UEFI specification 2.10, chapter 3.1.3) that starts `file` ("\EFI\BOOT\…")
// of a partition, which it finds by its GUID on whatever disk.
std::string LoadOption(const std::string& description, const disk::Partition& partition,
                       std::uint32_t sector_bytes, const std::string& file);

// Makes the machine boot by `option` first: takes the entry of the same description, or a free
// number, and puts it in front of the others. Does nothing where there is no UEFI.
absl::Status BootFirst(sys::EfiVariables& variables, const std::string& option);

}  // namespace ichor
