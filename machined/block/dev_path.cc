#include "machined/block/dev_path.h"

#include <algorithm>

namespace ichor {

std::string DevPath(std::string_view name) {
  std::string path = "/dev/" + std::string(name);
  std::ranges::replace(path, '!', '/');
  return path;
}

}  // namespace ichor
