#include "networkd/privileges.h"

namespace ichor::networkd {
namespace {

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

sys::SandboxRules PrivilegesOf(const std::string& checkpoint) {
  return {.readable = {"/sys/class/net?", "/sys/devices?", "/etc/resolv.conf?"},
          .writable = {"/proc/sys/net", DirectoryOf(checkpoint)},
          .groups = {sys::SyscallGroup::kFiles, sys::SyscallGroup::kSockets,
                     sys::SyscallGroup::kRawSockets, sys::SyscallGroup::kSetClock}};
}

}  // namespace ichor::networkd
