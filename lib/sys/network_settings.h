// The kernel's network settings, /proc/sys/net. See ip-sysctl.rst of the kernel's documentation.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

class NetworkSettings {
 public:
  virtual ~NetworkSettings() = default;

  // `name` is "ipv6/conf/eth0/accept_ra". NotFound if there is no such setting, as of a link that
  // is gone or while IPv6 is off. Does not block.
  virtual absl::StatusOr<std::string> Read(const std::string& name) = 0;
  // InvalidArgument if the kernel does not take the value; PermissionDenied without CAP_NET_ADMIN.
  virtual absl::Status Write(const std::string& name, const std::string& value) = 0;
};

}  // namespace ichor::sys
