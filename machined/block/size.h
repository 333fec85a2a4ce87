// Sizes for people.
#pragma once

#include <cstdint>
#include <string>

namespace ichor {

// As clients print sizes: powers of 1000, one decimal below ten units: "512 B", "1.0 MB", "10 GB".
std::string PrettySize(std::uint64_t bytes);

}  // namespace ichor
