// Any bytes as a boot option, as the loader's entries, and as what the BIOS says of a drive: what$
// comes out can be described and compared.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "stage1/boot_path.h"
#include "stage1/loader_entries.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const ichor::stage1::DiskPlace place = {.path = {reinterpret_cast<const char*>(data), size},
                                          .root_uid = {},
                                          .ata_port = {},
                                          .namespace_id = {}};
  (void)ichor::stage1::FindEntry(bytes, 'B');
  for (const auto& path : {ichor::stage1::ParseLoadOption(bytes), ichor::stage1::ParseEdd(bytes)}) {
    if (!path.has_value()) continue;
    (void)ichor::stage1::Describe(*path);
    (void)ichor::stage1::Compare(*path, place);
  }
  return 0;
}
