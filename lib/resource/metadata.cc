#include "lib/resource/metadata.h"

#include <format>

namespace ichor {

std::string ToString(const Kind& kind) {
  return kind.ns + "/" + kind.type;
}

std::string_view ToString(Phase phase) {
  return phase == Phase::kRunning ? "running" : "tearingDown";
}

std::string ToString(const Metadata& metadata) {
  return std::format("{}({}/{}@{})", metadata.kind->type, metadata.kind->ns, metadata.id,
                     metadata.version == 0 ? "undefined" : std::to_string(metadata.version));
}

}  // namespace ichor
