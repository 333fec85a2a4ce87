// What Version answers.
#pragma once

#include <string_view>

#include "machine/machine.pb.h"

namespace ichor::api {

// `platform` as talos.platform names it; `configured`: a machine config was accepted. Roles are
// always checked then, which is what the one feature says.
machine::Version VersionOf(std::string_view platform, bool configured);

// The kind of platform: "metal", "container" or "cloud".
std::string_view ModeOf(std::string_view platform);

}  // namespace ichor::api
