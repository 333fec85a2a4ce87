// Settings that a test gives and reads.
#pragma once

#include <map>

#include "lib/sys/network_settings.h"

namespace ichor::sys {

class FakeNetworkSettings : public NetworkSettings {
 public:
  absl::StatusOr<std::string> Read(const std::string& name) override;
  absl::Status Write(const std::string& name, const std::string& value) override;

  // Those that exist.
  std::map<std::string, std::string> settings;
};

}  // namespace ichor::sys
