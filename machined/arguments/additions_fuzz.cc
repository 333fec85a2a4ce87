// Any bytes as what a loader reads of a slot's arguments: refused, or of the same size, and the
// same when they are added again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/log/absl_check.h"
#include "machined/arguments/additions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> arguments = {"a=1", "b"};
  for (const auto change : {ichor::AddToAddon, ichor::AddToVariables}) {
    const auto once = change(bytes, arguments);
    if (!once.ok()) continue;
    ABSL_CHECK(once->size() == bytes.size());
    const auto twice = change(*once, arguments);
    ABSL_CHECK(twice.ok() && *twice == *once);
  }
  return 0;
}
