#include <cstddef>
#include <cstdint>
#include <string_view>

#include "machined/log/kmsg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size) {
  const std::string_view record(reinterpret_cast<const char*>(data), size);
  static_cast<void>(ichor::log::FormatKmsg(record, ichor::base::WallTime()));
  return 0;
}
