#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "config/cri.pb.h"
#include "config/runtime.pb.h"
#include "config/security.pb.h"
#include "lib/config/validate/certificate.h"
#include "lib/config/validate/dispatch.h"
#include "lib/config/validate/expression.h"
#include "lib/config/validate/rules.h"
#include "lib/config/validate/runtime_spec.h"

namespace ichor::config {
namespace {

using v1alpha1::CRIBaseRuntimeSpecConfig;
using v1alpha1::CRICustomizationConfig;
using v1alpha1::EnvironmentConfig;
using v1alpha1::EtcFileConfig;
using v1alpha1::EventSinkConfig;
using v1alpha1::ExtensionServiceConfig;
using v1alpha1::ImageVerificationConfig;
using v1alpha1::KmsgLogConfig;
using v1alpha1::OOMConfig;
using v1alpha1::RegistryAuthConfig;
using v1alpha1::RegistryMirrorConfig;
using v1alpha1::RegistryTLSConfig;
using v1alpha1::TrustedRootsConfig;
using v1alpha1::UnattendedInstallConfig;
using v1alpha1::WatchdogTimerConfig;

void CheckEtcFile(Checker& checker, const EtcFileConfig& config) {
  constexpr std::array<std::string_view, 7> kManaged = {
      "resolv.conf", "hosts",      "machine-id", "extensions.yaml",
      "localtime",   "os-release", "xattr.conf"};
  constexpr std::array<std::string_view, 12> kPrefixes = {
      "apparmor.d/", "apparmor/", "ca-certificates/", "cni/",
      "cri/",        "iscsi/",    "kubernetes/",      "lvm/",
      "nvme/",       "pki/",      "selinux/",         "ssl/"};
  const std::string_view name = config.name();
  if (name.empty()) return;
  const bool local = !name.starts_with('/') && !name.starts_with('.') && !name.contains("..");
  if (!local) return checker.Error("name", "must be a path below /etc that starts with no dot");
  const auto below = [&](std::string_view prefix) { return name.starts_with(prefix); };
  if (std::ranges::contains(kManaged, name) || std::ranges::any_of(kPrefixes, below)) {
    checker.Error("name", Cat("/etc/", name, " is written by the node itself"));
  }
}

void CheckEnvironment(Checker& checker, const EnvironmentConfig& config) {
  const auto allowed = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  for (const auto& [key, value] : config.variables()) {
    const bool digit = !key.empty() && absl::ascii_isdigit(static_cast<unsigned char>(key[0]));
    if (!key.empty() && !digit && std::ranges::all_of(key, allowed)) continue;
    checker.Error(Cat("variables[\"", key, "\"]"),
                  "a name is made of letters, digits and '_', and starts with no digit");
  }
}

void CheckEventSink(Checker& checker, const EventSinkConfig& config) {
  if (IsHostPort(config.endpoint())) return;
  checker.Error("endpoint", Cat("\"", config.endpoint(), "\" is no host and port"));
}

void CheckKmsgLog(Checker& checker, const KmsgLogConfig& config) {
  const UrlParts url = SplitUrl(config.url());
  if (url.scheme != "tcp" && url.scheme != "udp") {
    return checker.Error("url", "the scheme must be tcp or udp");
  }
  if (!url.path.empty() && url.path != "/") checker.Error("url", "a path is not supported");
  if (url.port.empty()) checker.Error("url", "the port is missing");
}

void CheckWatchdog(Checker& checker, const WatchdogTimerConfig& config) {
  constexpr std::int64_t kShortest = 10;
  checker.Require("device", config.device());
  if (config.has_timeout() && config.timeout().seconds() < kShortest) {
    checker.Error("timeout", "must be at least 10s");
  }
}

void CheckOom(Checker& checker, const OOMConfig& config) {
  if (config.sample_interval().seconds() < 0) {
    checker.Error("sampleInterval", "must not be negative");
  }
  CheckExpression(checker, "triggerExpression", config.trigger_expression(),
                  Subject::kMemoryTrigger);
  CheckExpression(checker, "cgroupRankingExpression", config.cgroup_ranking_expression(),
                  Subject::kMemoryRanking);
}

void CheckInstall(Checker& checker, const UnattendedInstallConfig& config) {
  RequireExpression(checker, "provisioning.diskSelector.match",
                    config.provisioning().disk_selector().match(), Subject::kDisk);
  if (config.installer().image().empty()) {
    checker.Warning("installer.image", "not set: the running version installs itself");
  }
}

void CheckExtension(Checker& checker, const ExtensionServiceConfig& config) {
  if (config.config_files_size() == 0 && config.environment_size() == 0) {
    checker.Error("", "neither configFiles nor environment is set");
  }
  for (int i = 0; i < config.config_files_size(); ++i) {
    const auto& file = config.config_files(i);
    checker.Require(Cat("configFiles[", i, "].content"), file.content());
    checker.Require(Cat("configFiles[", i, "].mountPath"), file.mount_path());
  }
}

void CheckMirror(Checker& checker, const RegistryMirrorConfig& config) {
  for (int i = 0; i < config.endpoints_size(); ++i) {
    if (IsWebUrl(config.endpoints(i).url())) continue;
    checker.Error(Cat("endpoints[", i, "].url"),
                  Cat("\"", config.endpoints(i).url(), "\" is no HTTP URL"));
  }
}

void CheckRegistryAuth(Checker& checker, const RegistryAuthConfig& config) {
  const bool password = !config.username().empty() || !config.password().empty();
  const int methods = static_cast<int>(password) + static_cast<int>(!config.auth().empty()) +
                      static_cast<int>(!config.identity_token().empty());
  if (methods > 1) {
    checker.Error("", "only one of username and password, auth, identityToken may be set");
  }
}

void CheckRegistryTls(Checker& checker, const RegistryTLSConfig& config) {
  if (!config.ca().empty()) CheckCertificates(checker, "ca", config.ca());
  if (config.has_client_identity()) {
    CheckPair(checker, "clientIdentity", config.client_identity());
  }
}

void CheckRoots(Checker& checker, const TrustedRootsConfig& config) {
  CheckCertificates(checker, "certificates", config.certificates());
}

void CheckRuntime(Checker& checker, const CRIBaseRuntimeSpecConfig& config) {
  CheckRuntimeSpec(checker, "overrides", config.overrides());
}

void CheckCustomization(Checker& checker, const CRICustomizationConfig& config) {
  if (config.name().empty() || IsQualifiedName(config.name())) return;
  checker.Error("name",
                "1 to 63 letters, digits, '-', '_' or '.', perhaps with a domain before it");
}

void CheckVerification(Checker& checker, const ImageVerificationConfig& config) {
  for (int i = 0; i < config.rules_size(); ++i) {
    const auto& rule = config.rules(i);
    const std::string path = Cat("rules[", i, "]");
    checker.Require(Cat(path, ".image"), rule.image());
    const int verifiers =
        static_cast<int>(rule.has_keyless()) + static_cast<int>(rule.has_public_key());
    const int decisions = static_cast<int>(rule.skip()) + static_cast<int>(rule.deny());
    if (verifiers + decisions != 1) {
      checker.Error(path, "exactly one of skip, deny, keyless and publicKey is required");
    }
    const auto& keyless = rule.keyless();
    const bool who = !keyless.subject().empty() || !keyless.subject_regex().empty();
    if (rule.has_keyless() && (keyless.issuer().empty() || !who)) {
      checker.Error(Cat(path, ".keyless"),
                    "issuer and one of subject and subjectRegex are required");
    }
    if (rule.has_public_key() && rule.public_key().certificate().empty()) {
      checker.Error(Cat(path, ".publicKey.certificate"), "required");
    }
  }
}

}  // namespace

void CheckSystemDocument(Checker& checker) {
  Dispatch(checker, CheckEtcFile, CheckEnvironment, CheckEventSink, CheckKmsgLog, CheckWatchdog,
           CheckOom, CheckInstall, CheckExtension, CheckMirror, CheckRegistryAuth, CheckRegistryTls,
           CheckRoots, CheckRuntime, CheckCustomization, CheckVerification);
}

}  // namespace ichor::config
