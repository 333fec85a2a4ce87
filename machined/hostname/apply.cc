#include "machined/hostname/apply.h"

namespace ichor {

absl::Status ApplyHostname(const All<network::HostnameStatus>& desired, sys::Kernel& kernel) {
  return kernel.SetHostname(desired.empty() ? "localhost" : desired.front().spec().hostname());
}

}  // namespace ichor
