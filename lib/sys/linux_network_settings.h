// sys::NetworkSettings of the network namespace that the calling thread is in.
#pragma once

#include "lib/sys/network_settings.h"

namespace ichor::sys {

class LinuxNetworkSettings : public NetworkSettings {
 public:
  absl::StatusOr<std::string> Read(const std::string& name) override;
  absl::Status Write(const std::string& name, const std::string& value) override;
};

}  // namespace ichor::sys
