#include "apid/privileges.h"

namespace ichor::apid {

sys::SandboxRules Privileges() {
  return {.readable = {},
          .writable = {},
          .groups = {sys::SyscallGroup::kSockets, sys::SyscallGroup::kListen}};
}

}  // namespace ichor::apid
