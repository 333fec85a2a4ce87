// Any bytes as a uevent's datagram.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "lib/sys/uevents.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto event = ichor::sys::ParseUevent(bytes);
  CHECK(!event.ok() || !event->action.empty());
  return 0;
}
