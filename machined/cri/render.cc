#include "machined/cri/render.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "lib/base/status.h"
#include "machined/cri/base_spec.h"
#include "machined/cri/hosts_toml.h"
#include "machined/cri/merge_toml.h"
#include "machined/cri/toml_text.h"

namespace ichor {
namespace {

using files::EtcFileSpec;

constexpr std::string_view kParts = "/etc/cri/conf.d/";
constexpr const char* kBasePart = "cri/conf.d/00-base.part";
constexpr std::uint32_t kReadableByAll = 0644;
constexpr std::uint32_t kSecret = 0600;

// Credentials in the configuration count only where containerd itself pulls, and not its transfer
// service. "runc" is the name of the default runtime that pods ask for; crun answers to it.
constexpr std::string_view kBase = R"(version = 3

[plugins."io.containerd.cri.v1.images"]
  discard_unpacked_layers = true
  use_local_image_pull = true

[plugins."io.containerd.cri.v1.runtime"]
  enable_cdi = true
  cdi_spec_dirs = ["/run/cdi"]

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  base_runtime_spec = "/etc/cri/conf.d/base-spec.json"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  BinaryName = "/usr/bin/crun"
  ShimCgroup = "/podruntime/shim"
)";

EtcFileSpec::Spec File(std::string contents, std::uint32_t mode) {
  EtcFileSpec::Spec file;
  file.set_contents(std::move(contents));
  file.set_mode(mode);
  return file;
}

std::string KeyOf(std::string_view key, const std::string& value) {
  return value.empty() ? "" : std::format("  {} = {}\n", key, QuoteToml(value));
}

std::string RegistriesPart(const cri::RegistryConfig::Spec& registries) {
  constexpr std::string_view kTable = R"(plugins."io.containerd.cri.v1.images".registry)";
  std::string text = std::format("[{}]\n  config_path = {}\n", kTable, QuoteToml(kHostsDirectory));
  for (const auto& [host, auth] : registries.registry_auths()) {
    text += std::format("\n[{}.configs.{}.auth]\n", kTable, QuoteToml(RegistryHost(host)));
    text += KeyOf("username", auth.registry_username());
    text += KeyOf("password", auth.registry_password());
    text += KeyOf("auth", auth.registry_auth());
    text += KeyOf("identitytoken", auth.registry_identity_token());
  }
  return text;
}

std::vector<TomlPart> PartsOf(const cri::RegistryConfig::Spec& registries,
                              const All<cri::CustomizationConfig>& customizations) {
  std::vector<TomlPart> parts;
  const auto add = [&parts](std::string_view name, std::string text) {
    parts.push_back({.origin = std::format("{}{}", kParts, name), .text = std::move(text)});
  };
  add("00-base.part", std::string(kBase));
  add("01-registries.part", RegistriesPart(registries));
  for (const auto& row : customizations) {
    add(std::format("20-{}.part", row.id()), row.spec().content());
  }
  std::ranges::sort(parts, {}, &TomlPart::origin);
  return parts;
}

// Takes out what cannot be read, and says so.
Desired<runtime::Diagnostic> TakeOutBad(std::vector<TomlPart>& parts) {
  runtime::Diagnostic::Spec diagnostic;
  std::erase_if(parts, [&diagnostic](const TomlPart& part) {
    const absl::Status status = CheckToml(part);
    if (!status.ok()) {
      diagnostic.add_details(std::string(base::MessageOf(status)));
    }
    return !status.ok();
  });
  if (diagnostic.details().empty()) {
    return {};
  }
  diagnostic.set_message("a part of containerd's configuration cannot be read and is left out");
  return {{"cri-customization", std::move(diagnostic)}};
}

std::string BaseSpec(const All<cri::BaseRuntimeSpecConfig>& rows) {
  google::protobuf::Struct spec;
  for (const char* const id : {"default", "overrides"}) {
    if (const auto row = rows.find(id); row != rows.end()) {
      MergeSpec(row->spec().object(), spec);
    }
  }
  return SpecJson(spec);
}

}  // namespace

absl::StatusOr<CriFiles> RenderCri(const All<cri::RegistryConfig>& registries,
                                   const All<cri::CustomizationConfig>& customizations,
                                   const All<cri::BaseRuntimeSpecConfig>& base_specs) {
  CriFiles result;
  auto& [files, diagnostics] = result;
  if (registries.empty()) {
    return result;
  }
  const cri::RegistryConfig::Spec& all = registries.front().spec();
  std::vector<TomlPart> parts = PartsOf(all, customizations);
  diagnostics = TakeOutBad(parts);
  ASSIGN_OR_RETURN(std::string merged, MergeToml(parts));
  files.Add(kBasePart, File(std::string(kBase), kReadableByAll));
  files.Add(kCriToml, File(std::move(merged), kSecret));
  files.Add(kBaseSpecFile, File(BaseSpec(base_specs), kReadableByAll));
  for (auto& [path, text] : HostsFiles(all)) {
    files.Add("cri/conf.d/hosts/" + path, File(text, kSecret));
  }
  return result;
}

}  // namespace ichor
