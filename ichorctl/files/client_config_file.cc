#include "ichorctl/files/client_config_file.h"

#include <filesystem>
#include <system_error>

#include "ichorctl/files/files.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

namespace fs = std::filesystem;

// What Kubernetes mounts into a pod that may use the API.
constexpr const char* kInPod = "/var/run/secrets/talos.dev/config";

}  // namespace

absl::StatusOr<std::string> ClientConfigPath(const Session& session, const ClientFlags& flags) {
  if (!flags.config_path.empty()) {
    return flags.config_path;
  }
  for (const std::string_view name : {"ICHORCONFIG", "TALOSCONFIG"}) {
    if (const std::optional<std::string> path = Variable(session, name)) {
      return *path;
    }
  }
  fs::path path;
  if (const std::optional<std::string> directory = Variable(session, "TALOS_HOME")) {
    path = fs::path(*directory) / "config";
  } else if (const std::optional<std::string> home = Variable(session, "HOME")) {
    path = fs::path(*home) / ".talos" / "config";
  }
  std::error_code error;
  if ((path.empty() || !fs::exists(path, error)) && fs::exists(kInPod, error)) {
    return std::string(kInPod);
  }
  if (path.empty()) {
    return absl::NotFoundError("no client config: give --talosconfig FILE, or set $HOME");
  }
  return path.string();
}

absl::StatusOr<pki::ClientConfig> LoadClientConfig(Session& session, const ClientFlags& flags) {
  ASSIGN_OR_RETURN(const std::string path, ClientConfigPath(session, flags));
  absl::StatusOr<std::string> text = ReadInput(session, path);
  if (absl::IsNotFound(text.status())) {
    return pki::ClientConfig{};
  }
  RETURN_IF_ERROR(text.status());
  absl::StatusOr<pki::ClientConfig> config = pki::ClientConfigFromYaml(*text);
  pki::Wipe(*text);
  if (!config.ok()) {
    return base::Annotate(config.status(), path);
  }
  return config;
}

absl::Status SaveClientConfig(Session& session, const ClientFlags& flags,
                              const pki::ClientConfig& config) {
  ASSIGN_OR_RETURN(const std::string path, ClientConfigPath(session, flags));
  const fs::path directory = fs::path(path).parent_path();
  std::error_code error;
  if (!directory.empty() && fs::create_directories(directory, error)) {
    fs::permissions(directory, fs::perms::owner_all, error);
  }
  return WriteOutput(session, path, pki::ToYaml(config).text(), {.mode = 0600, .force = true});
}

}  // namespace ichor::ctl
