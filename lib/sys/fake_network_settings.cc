#include "lib/sys/fake_network_settings.h"

#include <format>

namespace ichor::sys {

absl::StatusOr<std::string> FakeNetworkSettings::Read(const std::string& name) {
  const auto found = settings.find(name);
  if (found == settings.end()) {
    return absl::NotFoundError(std::format("read setting {}: No such file or directory", name));
  }
  return found->second;
}

absl::Status FakeNetworkSettings::Write(const std::string& name, const std::string& value) {
  const auto found = settings.find(name);
  if (found == settings.end()) {
    return absl::NotFoundError(std::format("set {} to {}: No such file or directory", name, value));
  }
  found->second = value;
  return absl::OkStatus();
}

}  // namespace ichor::sys
