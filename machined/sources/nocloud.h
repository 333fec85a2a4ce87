// What the nocloud platform says, in the serial number of the machine and in its user data.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ichor {

// Empty where nothing is said.
struct NocloudSettings {
  std::string base_url;     // ends with a slash; the server of "ds=nocloud-net;s=<URL>"
  std::string hostname;     // h=
  std::string instance_id;  // i=
};

// Never fails: another serial number says nothing.
NocloudSettings ReadNocloudSettings(std::string_view serial_number);

// User data is a config, or says where the config is. Both are empty for user data of another
// system ("#cloud-config") and for none.
struct NocloudUserData {
  std::string config;
  std::string include_url;
};

// InvalidArgument for an "#include" of no URL, or of several.
absl::StatusOr<NocloudUserData> ReadNocloudUserData(std::string_view text);

}  // namespace ichor
