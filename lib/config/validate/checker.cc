#include "lib/config/validate/checker.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "common/common.pb.h"
#include "lib/config/size_text.h"
#include "lib/resource/address_text.h"

namespace ichor::config {
namespace {

// Takes the first step off a path: a key, or an index in brackets.
std::string_view TakeStep(std::string_view& path) {
  if (path.starts_with("[\"")) {
    const size_t end = path.find("\"]");
    const std::string_view step = path.substr(2, end - 2);
    path.remove_prefix(end + 2);
    return step;
  }
  const bool index = path.starts_with('[');
  const size_t end = index ? path.find(']') : std::min(path.find_first_of(".["), path.size());
  const std::string_view step = index ? path.substr(1, end - 1) : path.substr(0, end);
  path.remove_prefix(std::min(end + (index ? 1 : 0), path.size()));
  return step;
}

const Node* Step(const Node& node, std::string_view step) {
  if (node.IsMapping()) return node.Find(step);
  size_t index = 0;
  if (!node.IsSequence() || !absl::SimpleAtoi(ToAbsl(step), &index)) return nullptr;
  return index < node.children.size() ? &node.children[index] : nullptr;
}

// Calls `visit` with each value on the way; the last one is at the path only if all steps were
// there.
bool Walk(const Node& root, std::string_view path, const Node*& last) {
  last = &root;
  while (!path.empty()) {
    if (path.starts_with('.')) path.remove_prefix(1);
    const Node* next = Step(*last, TakeStep(path));
    if (next == nullptr) return false;
    last = next;
  }
  return true;
}

bool IsAlnum(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}

bool IsLabelPart(char c) {
  return IsAlnum(c) || c == '-' || c == '_' || c == '.';
}

// 1 to 63 letters, digits, -, _ and dots, a letter or digit at both ends.
bool IsQualifiedPart(std::string_view text) {
  constexpr size_t kLongest = 63;
  return !text.empty() && text.size() <= kLongest && IsAlnum(text.front()) &&
         IsAlnum(text.back()) && std::ranges::all_of(text, IsLabelPart);
}

bool IsLabelValue(std::string_view value) {
  return value.empty() || IsQualifiedPart(value);
}

std::string PathOf(std::string_view path, std::string_view key) {
  return Cat(path, "[\"", key, "\"]");
}

void CheckKey(Checker& checker, std::string_view path, std::string_view key) {
  if (IsQualifiedName(key)) return;
  checker.Error(PathOf(path, key),
                "the name must be 1 to 63 letters, digits, '-', '_' or '.', perhaps with a domain "
                "and '/' before it");
}

}  // namespace

bool IsQualifiedName(std::string_view name) {
  const size_t slash = name.find('/');
  if (slash == std::string_view::npos) return IsQualifiedPart(name);
  return IsDnsSubdomain(name.substr(0, slash)) && IsQualifiedPart(name.substr(slash + 1));
}

const Node& Checker::Nearest(std::string_view path) const {
  const Node* last = nullptr;
  Walk(document_.root, path, last);
  return *last;
}

const Node* Checker::Find(std::string_view path) const {
  const Node* last = nullptr;
  return Walk(document_.root, path, last) ? last : nullptr;
}

bool Checker::Has(std::string_view path) const {
  const Node* node = Find(path);
  return node != nullptr && !node->IsNull();
}

void Checker::Report(Finding::Severity severity, std::string_view path, std::string message,
                     std::string fix) {
  const Node& node = Nearest(path);
  const std::string title = document_.PathTitle();
  findings_.push_back({.severity = severity,
                       .file = node.source->file,
                       .place = node.place(),
                       .path = path.empty()    ? title
                               : title.empty() ? std::string(path)
                                               : Cat(title, ": ", path),
                       .message = std::move(message),
                       .fix = std::move(fix)});
}

void CheckCidr(Checker& checker, std::string_view path, std::string_view text) {
  if (!text.empty() && ParseNetIPPrefix(text)) return;
  checker.Error(path, Cat("\"", text, "\" is no IP prefix such as 10.0.0.0/8"));
}

void CheckFilter(Checker& checker, std::string_view path, std::string_view text) {
  const std::string_view bare = text.substr(text.starts_with('!') ? 1 : 0);
  if (!bare.empty() && (ParseNetIPPrefix(bare) || ParseNetIP(bare))) return;
  checker.Error(path, Cat("\"", text, "\" is no IP prefix or address, perhaps with '!' before it"));
}

void CheckResources(Checker& checker, std::string_view path, const v1alpha1::Resources& resources) {
  const auto check = [&](std::string_view part, const google::protobuf::Struct& values) {
    for (const auto& [key, value] : values.fields()) {
      if (key == "cpu" || key == "memory") continue;
      checker.Error(Cat(path, ".", part, "[\"", key, "\"]"), "only cpu and memory are supported");
    }
  };
  check("requests", resources.requests());
  check("limits", resources.limits());
}

UrlParts SplitUrl(std::string_view url) {
  UrlParts parts;
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, scheme);
  url.remove_prefix(scheme + 3);
  const size_t path = std::min(url.find_first_of("/?#"), url.size());
  parts.path = url.substr(path);
  std::string_view host = url.substr(0, path);
  host.remove_prefix(host.find('@') == std::string_view::npos ? 0 : host.find('@') + 1);
  const size_t bracket = host.rfind(']');
  const size_t colon = host.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (has_port) parts.port = host.substr(colon + 1);
  parts.host = has_port ? host.substr(0, colon) : host;
  return parts;
}

bool IsWebUrl(std::string_view url) {
  const UrlParts parts = SplitUrl(url);
  return (parts.scheme == "http" || parts.scheme == "https") && !parts.host.empty();
}

bool IsWireguardKey(std::string_view text) {
  constexpr size_t kKeyBytes = 32;
  std::string bytes;
  return absl::Base64Unescape(ToAbsl(text), &bytes) && bytes.size() == kKeyBytes;
}

bool IsHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::uint32_t port = 0;
  if (!absl::SimpleAtoi(ToAbsl(text.substr(colon + 1)), &port) || port > 0xFFFF) return false;
  const std::string_view host = text.substr(0, colon);
  return host.find(':') == std::string_view::npos || (host.starts_with('[') && host.ends_with(']'));
}

void CheckHttpsEndpoint(Checker& checker, std::string_view path, std::string_view url) {
  const UrlParts parts = SplitUrl(url);
  std::uint32_t port = 0;
  const bool bad_port = !parts.port.empty() && (!absl::SimpleAtoi(ToAbsl(parts.port), &port) ||
                                                port == 0 || port > 0xFFFF);
  if (parts.scheme == "https" && !parts.host.empty() && !bad_port) return;
  checker.Error(path, Cat("\"", url, "\" is no HTTPS URL"), "such as https://api.example.org:6443");
}

bool IsDnsName(std::string_view name) {
  constexpr size_t kLongest = 255;
  constexpr size_t kLongestLabel = 63;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > kLongest) return false;
  const auto in_label = [](char c) { return IsAlnum(c) || c == '-' || c == '_'; };
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > kLongestLabel || !std::ranges::all_of(label, in_label)) {
      return false;
    }
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return true;
}

bool IsDnsSubdomain(std::string_view name) {
  constexpr size_t kLongest = 253;
  const auto lower = [](char c) { return c < 'A' || c > 'Z'; };
  if (name.empty() || name.size() > kLongest || name.ends_with('.')) return false;
  if (!IsDnsName(name) || !std::ranges::all_of(name, lower)) return false;
  return IsAlnum(name.front()) && IsAlnum(name.back()) && !name.contains('_');
}

void CheckDnsDomain(Checker& checker, std::string_view path, std::string_view domain) {
  if (!domain.empty() && !IsDnsName(domain)) {
    checker.Error(path, Cat("\"", domain, "\" is no DNS name"));
  }
}

void CheckLabels(Checker& checker, std::string_view path, const TextMap& labels) {
  for (const auto& [key, value] : labels) {
    CheckKey(checker, path, key);
    if (IsLabelValue(value)) continue;
    checker.Error(PathOf(path, key),
                  "the value must be at most 63 letters, digits, '-', '_' or '.', a letter or "
                  "digit at both ends");
  }
}

void CheckAnnotations(Checker& checker, std::string_view path, const TextMap& annotations) {
  constexpr size_t kLargest = size_t{256} << 10U;
  constexpr std::array<std::string_view, 3> kReserved = {
      "talos.dev/owned-labels", "talos.dev/owned-annotations", "talos.dev/owned-taints"};
  size_t size = 0;
  for (const auto& [key, value] : annotations) {
    CheckKey(checker, path, key);
    size += key.size() + value.size();
    if (std::ranges::contains(kReserved, key)) {
      checker.Error(PathOf(path, key), "the annotation is reserved for the node");
    }
  }
  if (size > kLargest) checker.Error(path, Cat(size, " bytes of annotations; at most ", kLargest));
}

void CheckTaints(Checker& checker, std::string_view path, const TextMap& taints) {
  constexpr std::array<std::string_view, 3> kEffects = {"NoSchedule", "PreferNoSchedule",
                                                        "NoExecute"};
  for (const auto& [key, text] : taints) {
    CheckKey(checker, path, key);
    const std::string_view whole = text;
    const size_t colon = whole.find(':');
    const bool has_value = colon != std::string_view::npos;
    const std::string_view value = has_value ? whole.substr(0, colon) : std::string_view{};
    const std::string_view effect = has_value ? whole.substr(colon + 1) : whole;
    if (std::ranges::contains(kEffects, effect) && IsLabelValue(value)) continue;
    checker.Error(PathOf(path, key),
                  Cat("\"", text,
                      "\" is no taint: expected EFFECT or VALUE:EFFECT, where EFFECT is "
                      "NoSchedule, PreferNoSchedule or NoExecute"));
  }
}

void CheckSizes(Checker& checker, std::string_view path, std::string_view min_text,
                std::string_view max_text) {
  const auto min = ParseSize(min_text);
  const auto max = ParseSize(max_text);
  if (min && *min < 0) checker.Error(Cat(path, ".minSize"), "must not be negative");
  if (min && max && *max >= 0 && *min > *max) {
    checker.Error(Cat(path, ".minSize"), "greater than maxSize");
  }
}

void CheckRole(Checker& checker, std::string_view path, std::string_view role) {
  constexpr std::array<std::string_view, 7> kRoles = {
      "os:admin",          "os:operator",    "os:reader",      "os:etcd:backup",
      "os:image:verifier", "os:meta:writer", "os:impersonator"};
  if (!std::ranges::contains(kRoles, role)) checker.Error(path, Cat("unknown role \"", role, "\""));
}

void CheckKubeletConfig(Checker& checker, std::string_view path) {
  constexpr std::array<std::string_view, 13> kProtected = {
      "apiVersion",    "authentication",     "authorization", "cgroupRoot",
      "kind",          "kubeletCgroups",     "port",          "protectKernelDefaults",
      "resolvConf",    "rotateCertificates", "systemCgroups", "staticPodPath",
      "seccompDefault"};
  const Node* config = checker.Find(path);
  if (config == nullptr || !config->IsMapping()) return;
  for (const Node& child : config->children) {
    if (!std::ranges::contains(kProtected, child.key)) continue;
    checker.Error(Cat(path, ".", child.key), "the node sets this field of the kubelet itself");
  }
}

}  // namespace ichor::config
