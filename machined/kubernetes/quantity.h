// Amounts as Kubernetes writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ichor {

// Bytes of "512Mi", "1G", "1073741824", "1.5Gi", rounded down. Nothing for other text.
std::optional<std::uint64_t> BytesOfQuantity(std::string_view text);

}  // namespace ichor
