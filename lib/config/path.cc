#include "lib/config/path.h"

#include "lib/config/yaml.h"

namespace ichor::config {

std::string ToString(const Path& path) {
  if (path.parent == nullptr) return std::string(path.key);
  const std::string above = ToString(*path.parent);
  if (path.index >= 0) return Cat(above, "[", path.index, "]");
  if (path.key.find_first_of(".[]: ") != std::string_view::npos) {
    return Cat(above, "[\"", path.key, "\"]");
  }
  if (above.empty()) return std::string(path.key);
  const bool below_title = path.parent->parent == nullptr;
  return Cat(above, below_title ? ": " : ".", path.key);
}

}  // namespace ichor::config
