#include "qemu-tests/cluster.h"

#include <filesystem>

#include "absl/log/check.h"
#include "config/legacy.pb.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/config/patch.h"
#include "lib/sys/file.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {

rpc::TlsClientOptions Cluster::Client(const std::vector<std::string>& roles) const {
  const auto client = pki::NewClient(ca, roles, base::RealClock().Now());
  CHECK_OK(client);  // only without roles
  return {.server_name = "127.0.0.1",
          .cas_pem = ca.certificate.ToPem(),
          .certificate_pem = client->certificate.ToPem(),
          .key_pem = client->key.ToPem()};
}

rpc::TlsClientOptions Cluster::Trusting() const {
  rpc::TlsClientOptions options = Client({"os:admin"});
  options.trust = rpc::TlsTrust::kAnybody;
  return options;
}

absl::StatusOr<Cluster> NewCluster(const std::vector<std::string>& patches,
                                   const std::string& version) {
  const std::string directory = TestDirectory() + "/cluster";
  std::filesystem::create_directories(directory);
  std::vector<std::string> words = {
      "/ichor/build/dev/bin/ichorctl",           "gen",      "config", "--force",
      "--output-types=controlplane,talosconfig", "--output", directory};
  for (const std::string& patch : patches) {
    words.insert(words.end(), {"--config-patch", patch});
  }
  if (!version.empty()) {
    words.insert(words.end(), {"--talos-version", version});
  }
  words.insert(words.end(), {"test", "https://127.0.0.1:6443"});
  RETURN_IF_ERROR(RunTool(words, TestDirectory() + "/ichorctl.log"));
  constexpr size_t kLimit = 1 << 20;
  ASSIGN_OR_RETURN(std::string text, sys::ReadFile(directory + "/controlplane.yaml", kLimit));
  ASSIGN_OR_RETURN(const config::Config config, config::Load("controlplane.yaml", text));
  const auto* const legacy = config.Get<config::v1alpha1::LegacyConfig>();
  if (legacy == nullptr) {
    return absl::InternalError("the config has no v1alpha1 document");
  }
  const auto& ca = legacy->machine().ca();
  ASSIGN_OR_RETURN(pki::Identity identity, pki::IdentityFromPem(ca.crt(), ca.key()));
  return Cluster{.config = std::move(text),
                 .ca = std::move(identity),
                 .talosconfig = directory + "/talosconfig"};
}

absl::StatusOr<std::string> Patched(const std::string& config, const std::string& patch) {
  ASSIGN_OR_RETURN(const config::Config before, config::Load("config", config));
  ASSIGN_OR_RETURN(const config::Patch parsed, config::ParsePatch("patch", patch));
  ASSIGN_OR_RETURN(const config::Config after, config::ApplyPatches(before, {&parsed, 1}));
  return std::string(after.text());
}

}  // namespace ichor::qemu
