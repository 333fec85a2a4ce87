#include "lib/resource/cel/glob.h"

#include <fnmatch.h>

#include <string>

namespace ichor {

absl::StatusOr<CelValue> CelGlob(std::span<const CelValue> arguments) {
  const auto* const pattern = arguments.size() == 2 ? arguments[0].As<std::string>() : nullptr;
  const auto* const text = arguments.size() == 2 ? arguments[1].As<std::string>() : nullptr;
  if (pattern == nullptr || text == nullptr) {
    return absl::InvalidArgumentError("\"glob\" takes a pattern and a text");
  }
  return CelValue(fnmatch(pattern->c_str(), text->c_str(), 0) == 0);
}

}  // namespace ichor
