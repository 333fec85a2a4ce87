#include "lib/dashboard/model.h"

#include <utility>

namespace ichor::dashboard {

void LogLines::Add(std::string_view bytes) {
  for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    begun += bytes.substr(0, end);
    lines.push_back(std::exchange(begun, {}));
    if (lines.size() > kLines) {
      lines.pop_front();
    }
    bytes.remove_prefix(end + 1);
  }
  begun += bytes;
}

}  // namespace ichor::dashboard
