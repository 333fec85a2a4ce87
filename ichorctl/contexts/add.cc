// `ichorctl config add` and `merge`: contexts that come.
#include <format>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "ichorctl/contexts/parts.h"
#include "ichorctl/files/files.h"
#include "lib/base/status.h"
#include "lib/pki/secret.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

struct AddOptions {
  std::string ca;
  std::string certificate;
  std::string key;
};

// The file as base64; nothing if no file is named.
absl::StatusOr<std::string> Base64Of(Session& session, const std::string& path) {
  if (path.empty()) {
    return std::string();
  }
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, path));
  std::string base64 = absl::Base64Escape(text);
  pki::Wipe(text);
  return base64;
}

absl::Status Add(const ClientFlags& flags, const AddOptions& options, const std::string& name,
                 Session& session) {
  ASSIGN_OR_RETURN(pki::ClientConfig config, LoadClientConfig(session, flags));
  if (config.contexts.contains(name)) {
    return absl::AlreadyExistsError(std::format(
        "context \"{}\" exists already: `ichorctl config remove {}` removes it", name, name));
  }
  pki::ClientContext context;
  ASSIGN_OR_RETURN(context.ca, Base64Of(session, options.ca));
  ASSIGN_OR_RETURN(context.certificate, Base64Of(session, options.certificate));
  ASSIGN_OR_RETURN(std::string key, Base64Of(session, options.key));
  context.key = pki::Secret(key);
  pki::Wipe(key);
  config.contexts.emplace(name, std::move(context));
  if (config.current.empty()) {
    config.current = name;
  }
  return SaveClientConfig(session, flags, config);
}

absl::Status Merge(const ClientFlags& flags, const std::string& path, Session& session) {
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, path));
  const absl::StatusOr<pki::ClientConfig> from = pki::ClientConfigFromYaml(text);
  pki::Wipe(text);
  RETURN_IF_ERROR(base::Annotate(from.status(), path));
  ASSIGN_OR_RETURN(pki::ClientConfig into, LoadClientConfig(session, flags));
  for (const auto& [name, renamed] : pki::Merge(*from, into)) {
    session.err << std::format("renamed talosconfig context \"{}\" -> \"{}\"\n", name, renamed);
  }
  return SaveClientConfig(session, flags, into);
}

}  // namespace

Command AddCommand(const SharedClientFlags& client) {
  const auto options = std::make_shared<AddOptions>();
  return {
      .name = "add",
      .summary = "Adds a context from a CA, a certificate and a key",
      .examples = {{.about = "what `gen crt` made",
                    .line =
                        "ichorctl config add home --ca root.crt --crt admin.crt --key admin.key"}},
      .flags = {{.name = "ca",
                 .value = "FILE",
                 .help = "the certificate of the CA",
                 .target = &options->ca,
                 .completes = Completes::kFile},
                {.name = "crt",
                 .value = "FILE",
                 .help = "the client's certificate",
                 .target = &options->certificate,
                 .completes = Completes::kFile},
                {.name = "key",
                 .value = "FILE",
                 .help = "the client's key",
                 .target = &options->key,
                 .completes = Completes::kFile}},
      .arguments = {{.name = "CONTEXT", .help = "its name"}},
      .run = [client, options](Session& session, const Arguments& arguments) {
        return Add(*client, *options, arguments.front(), session);
      }};
}

Command MergeCommand(const SharedClientFlags& client) {
  return {.name = "merge",
          .summary = "Adds the contexts of another file",
          .description =
              "A context whose name is taken gets -1, -2 behind it. The current context of "
              "the other file becomes the current one.",
          .arguments = {{.name = "FILE", .help = "the other file", .completes = Completes::kFile}},
          .run = [client](Session& session, const Arguments& arguments) {
            return Merge(*client, arguments.front(), session);
          }};
}

}  // namespace ichor::ctl
