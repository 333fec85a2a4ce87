// The kernel's modules, from its own lists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ichor {

struct KernelModule {
  std::string name;
  std::int64_t size_bytes = 0;
  std::int64_t references = 0;
  std::vector<std::string> dependents;  // modules that use it
  std::string state;                    // "Live", "Loading" or "Unloading"
  std::string address;                  // zeros, for all but privileged readers
};

// The lines of /proc/modules; what is no such line is left out.
std::vector<KernelModule> ParseModules(std::string_view text);

// Names of the modules in a modules.builtin, sorted, each once: "kernel/fs/xfs/xfs.ko" is xfs.
std::vector<std::string> ParseBuiltinModules(std::string_view text);

}  // namespace ichor
