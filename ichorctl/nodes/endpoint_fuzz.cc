// An endpoint that is taken reads back from its text as it was.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ichorctl/nodes/endpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size) {
  const auto endpoint =
      ichor::ctl::ParseEndpoint(std::string_view(reinterpret_cast<const char*>(data), size));
  if (endpoint.ok() && endpoint->host.find("https:") == std::string::npos) {
    const auto again = ichor::ctl::ParseEndpoint(ichor::ctl::ToString(*endpoint));
    if (!again.ok() || !(*again == *endpoint)) {
      std::abort();
    }
  }
  return 0;
}
