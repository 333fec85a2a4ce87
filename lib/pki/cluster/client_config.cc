#include "lib/pki/cluster/client_config.h"

#include <format>

#include "absl/strings/escaping.h"

namespace ichor::pki {
namespace {

std::string Base64(const std::string& text) {
  return absl::Base64Escape(text);
}

std::string FreeName(const std::string& name, const ClientConfig& config) {
  std::string free = name;
  for (int i = 1; config.contexts.contains(free); ++i) {
    free = std::format("{}-{}", name, i);
  }
  return free;
}

std::string Names(const ClientConfig& config) {
  std::string names;
  for (const auto& [name, context] : config.contexts) {
    names += std::format("{}\"{}\"", names.empty() ? "" : ", ", name);
  }
  return names;
}

absl::Status NoneYet() {
  return absl::NotFoundError("there is no context yet: add or merge one");
}

}  // namespace

ClientContext NewClientContext(const Certificate& ca, const Identity& identity,
                               std::vector<std::string> endpoints) {
  return {.endpoints = std::move(endpoints),
          .ca = Base64(ca.ToPem()),
          .certificate = Base64(identity.certificate.ToPem()),
          .key = Secret(Base64(identity.key.ToSecretPem().text()))};
}

absl::StatusOr<const ClientContext*> FindContext(const ClientConfig& config,
                                                 std::string_view name) {
  if (config.contexts.empty()) {
    return NoneYet();
  }
  if (name.empty() && config.current.empty()) {
    return absl::NotFoundError("no context is the current one: choose one");
  }
  const std::string_view wanted = name.empty() ? std::string_view(config.current) : name;
  const auto found = config.contexts.find(wanted);
  if (found == config.contexts.end()) {
    return absl::NotFoundError(
        std::format("no context \"{}\": there is {}", wanted, Names(config)));
  }
  return &found->second;
}

absl::StatusOr<ClientContext*> FindContext(ClientConfig& config, std::string_view name) {
  const absl::StatusOr<const ClientContext*> found = FindContext(std::as_const(config), name);
  if (!found.ok()) {
    return found.status();
  }
  return &config.contexts.find(name.empty() ? config.current : std::string(name))->second;
}

std::vector<Renaming> Merge(const ClientConfig& from, ClientConfig& into) {
  std::vector<Renaming> renamings;
  std::string current = from.current;
  for (const auto& [name, context] : from.contexts) {
    const std::string free = FreeName(name, into);
    if (free != name) {
      renamings.emplace_back(name, free);
    }
    if (name == from.current) {
      current = free;
    }
    into.contexts.emplace(free, context);
  }
  if (!current.empty()) {
    into.current = current;
  }
  return renamings;
}

}  // namespace ichor::pki
