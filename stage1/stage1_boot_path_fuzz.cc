// Any bytes as a boot option, as the loader's entries, and as what the BIOS says of a drive: what$
// comes out can be described and compared.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "stage1/boot_path.h"
#include "stage1/loader_entries.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ichor::stage1;  // NOLINT(google-build-using-namespace): of this function
  const auto bytes = std::as_bytes(std::span(data, size));
  const DiskPlace place = {.path = {reinterpret_cast<const char*>(data), size},
                           .root_uid = {},
                           .ata_port = {},
                           .namespace_id = {}};
  (void)FindEntry(bytes, 'B');
  for (const auto& path : {ParseLoadOption(bytes), ParseEdd(bytes)}) {
    if (!path.has_value()) continue;
    (void)Describe(*path);
    (void)Compare(*path, place);
  }
  return 0;
}
