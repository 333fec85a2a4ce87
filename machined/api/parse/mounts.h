// /proc/self/mounts. See proc_pid_mounts(5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ichor::api::parse {

struct Mount {
  std::string source;
  std::string target;
  std::string type;
};

// In the order of the text; what is no mount is left out.
std::vector<Mount> MountsOf(std::string_view mounts);

}  // namespace ichor::api::parse
