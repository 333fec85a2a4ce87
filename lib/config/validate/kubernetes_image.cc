#include "lib/config/validate/kubernetes_image.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "lib/config/kubernetes_version.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

struct Version {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
};

// Major and minor version of "registry/image:v1.36.2-suffix@sha256:…".
std::optional<Version> VersionOf(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t tag = image.rfind(":v");
  if (tag == std::string_view::npos || image.find('/', tag) != std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view text = image.substr(tag + 2);
  text = text.substr(0, text.find_first_of("-+"));
  const size_t dot = std::min(text.find('.'), text.size());
  Version version;
  if (!absl::SimpleAtoi(ToAbsl(text.substr(0, dot)), &version.major)) return std::nullopt;
  if (dot == text.size()) return version;
  text.remove_prefix(dot + 1);
  if (!absl::SimpleAtoi(ToAbsl(text.substr(0, text.find('.'))), &version.minor)) {
    return std::nullopt;
  }
  return version;
}

}  // namespace

void CheckKubernetesImage(Checker& checker, std::string_view path, std::string_view image) {
  if (checker.options().local || image.empty()) return;
  const std::optional<Version> version = VersionOf(image);
  if (!version) {
    return checker.Error(path, Cat("\"", image, "\" names no version of Kubernetes"),
                         Cat("such as ", "IMAGE:", kDefaultKubernetesVersion));
  }
  const bool old =
      version->major < 1 || (version->major == 1 && version->minor < kOldestKubernetesMinor);
  const bool young =
      version->major > 1 || (version->major == 1 && version->minor > kNewestKubernetesMinor);
  if (!old && !young) return;
  checker.Error(path, Cat("Kubernetes ", version->major, ".", version->minor, " is too ",
                          old ? "old" : "new", ": 1.", kOldestKubernetesMinor, " to 1.",
                          kNewestKubernetesMinor, " are supported"));
}

}  // namespace ichor::config
