#include "lib/sys/fake_kernel.h"

#include <format>
#include <utility>

#include "lib/base/status.h"

namespace ichor::sys {

absl::Status FakeKernel::SetHostname(std::string_view name) {
  RETURN_IF_ERROR(TakeFailure());
  if (name.empty() || name.size() > 64) {
    return absl::InvalidArgumentError(std::format("set hostname \"{}\": Invalid argument", name));
  }
  hostname = name;
  return absl::OkStatus();
}

absl::StatusOr<std::string> FakeKernel::Hostname() {
  RETURN_IF_ERROR(TakeFailure());
  return hostname;
}

absl::Status FakeKernel::TakeFailure() {
  return std::exchange(fail_next, absl::OkStatus());
}

}  // namespace ichor::sys
