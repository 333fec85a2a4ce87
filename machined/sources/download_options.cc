#include "machined/sources/download_options.h"

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "config/security.pb.h"
#include "machined/config/active_config.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

std::string ValueOf(const std::vector<std::string_view>& variables, const std::string& name) {
  for (const std::string& spelling : {name, absl::AsciiStrToUpper(name)}) {
    for (const std::string_view variable : variables) {
      if (variable.starts_with(spelling + "=")) {
        return std::string(variable.substr(spelling.size() + 1));
      }
    }
  }
  return "";
}

}  // namespace

http::ClientOptions DownloadOptions(const std::vector<std::string_view>& variables,
                                    const config::Config* config) {
  http::ClientOptions options;
  options.http_proxy = ValueOf(variables, "http_proxy");
  options.https_proxy = ValueOf(variables, "https_proxy");
  options.no_proxy = ValueOf(variables, "no_proxy");
  if (config != nullptr) {
    for (const auto* roots : config->All<config::v1alpha1::TrustedRootsConfig>()) {
      options.extra_cas_pem += std::string(roots->certificates()) + "\n";
    }
  }
  return options;
}

http::ClientOptions DownloadOptionsNow(Runtime& runtime) {
  const auto environments = runtime.Read<runtime::Environment>();
  std::vector<std::string_view> variables;
  for (const auto& row : environments) {
    variables.insert(variables.end(), row.spec().variables().begin(), row.spec().variables().end());
  }
  const std::optional<config::Config> config = ActiveConfig(runtime.Read<config::MachineConfig>());
  return DownloadOptions(variables, config.has_value() ? &*config : nullptr);
}

}  // namespace ichor
