// Any bytes as the table of SMBIOS.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "machined/hardware/smbios.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ichor::Smbios smbios = ichor::ParseSmbios(bytes);
  CHECK(smbios.system.uuid.empty() || smbios.system.uuid.size() == 36);
  CHECK(smbios.memory.size() <= size);
  return 0;
}
