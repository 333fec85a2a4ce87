#include "machined/api/version.h"

#include <string>

#include "lib/base/version.h"

namespace ichor::api {
namespace {

#ifdef __aarch64__
constexpr std::string_view kArchitecture = "arm64";
#else
constexpr std::string_view kArchitecture = "amd64";
#endif

}  // namespace

machine::Version VersionOf(std::string_view platform, bool configured) {
  machine::Version version;
  machine::VersionInfo& info = *version.mutable_version();
  info.set_tag(std::string(base::kVersionTag));
  info.set_os("linux");
  info.set_arch(std::string(kArchitecture));
  version.mutable_platform()->set_name(std::string(platform));
  version.mutable_platform()->set_mode(std::string(ModeOf(platform)));
  if (configured) {
    version.mutable_features()->set_rbac(true);
  }
  return version;
}

std::string_view ModeOf(std::string_view platform) {
  if (platform == "metal" || platform == "container") {
    return platform;
  }
  return "cloud";
}

}  // namespace ichor::api
