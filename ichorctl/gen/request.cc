// `ichorctl gen key`, `gen csr` and `gen crt`
#include "lib/pki/request.h"

#include <algorithm>
#include <filesystem>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include "ichorctl/files/files.h"
#include "ichorctl/gen/parts.h"
#include "lib/base/status.h"
#include "lib/pki/names.h"

namespace ichor::ctl {
namespace {

absl::Status Missing(std::string_view flag, std::string_view what) {
  return absl::InvalidArgumentError(std::format("--{} is missing: {}", flag, what));
}

absl::StatusOr<pki::Key> ReadKey(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(std::string pem, ReadInput(session, path));
  absl::StatusOr<pki::Key> key = pki::Key::FromPem(pem);
  pki::Wipe(pem);
  if (!key.ok()) {
    return base::Annotate(key.status(), path);
  }
  return key;
}

absl::Status MakeKey(const std::string& name, bool force, Session& session) {
  if (name.empty()) {
    return Missing("name", "the file is called NAME.key");
  }
  ASSIGN_OR_RETURN(const pki::Key key, pki::Key::GenerateEd25519());
  return WriteFiles(session, {{.path = name + ".key", .contents = key.ToSecretPem().text()}},
                    force);
}

struct CsrOptions {
  std::string key;
  std::string ip;
  std::vector<std::string> roles = {"os:admin"};
};

absl::Status MakeCsr(const CsrOptions& options, bool force, Session& session) {
  if (options.key.empty()) {
    return Missing("key", "the file of the key that the certificate shall be for");
  }
  pki::Statement statement{.organizations = options.roles};
  std::ranges::sort(statement.organizations);
  if (!options.ip.empty()) {
    ASSIGN_OR_RETURN(std::string ip, pki::IpFromText(options.ip));
    statement.ips.push_back(std::move(ip));
  }
  ASSIGN_OR_RETURN(const pki::Key key, ReadKey(session, options.key));
  ASSIGN_OR_RETURN(const pki::Request request, pki::Request::Make(statement, key));
  const std::string path = std::filesystem::path(options.key).replace_extension(".csr").string();
  return WriteFiles(session, {{.path = path, .contents = request.ToPem()}}, force);
}

struct CrtOptions {
  std::string name;
  std::string ca;
  std::string csr;
  int hours = 24;
};

// A role of the API is for clients, and the API takes it from nothing else.
bool IsForClients(const pki::Statement& statement) {
  return std::ranges::any_of(statement.organizations, [](const std::string& organization) {
    return organization.starts_with("os:");
  });
}

absl::StatusOr<pki::Identity> ReadAuthority(Session& session, const std::string& stem) {
  ASSIGN_OR_RETURN(const std::string certificate, ReadInput(session, stem + ".crt"));
  ASSIGN_OR_RETURN(std::string key, ReadInput(session, stem + ".key"));
  absl::StatusOr<pki::Identity> ca = pki::IdentityFromPem(certificate, key);
  pki::Wipe(key);
  if (!ca.ok()) {
    return base::Annotate(ca.status(), stem);
  }
  if (!ca->certificate.IsCa()) {
    return absl::InvalidArgumentError(std::format("{}.crt is no CA's certificate", stem));
  }
  return ca;
}

absl::Status MakeCrt(const CrtOptions& options, bool force, Session& session) {
  if (options.name.empty()) {
    return Missing("name", "the file is called NAME.crt");
  }
  if (options.ca.empty()) {
    return Missing("ca", "the CA's files are called NAME.crt and NAME.key");
  }
  if (options.csr.empty()) {
    return Missing("csr", "the file of the request");
  }
  ASSIGN_OR_RETURN(const std::chrono::hours lifetime, LifetimeOf(options.hours));
  ASSIGN_OR_RETURN(const pki::Identity ca, ReadAuthority(session, options.ca));
  ASSIGN_OR_RETURN(const std::string pem, ReadInput(session, options.csr));
  const absl::StatusOr<pki::Request> request = pki::Request::FromPem(pem);
  RETURN_IF_ERROR(base::Annotate(request.status(), options.csr));
  pki::Statement statement = request->Asked();
  statement.for_clients = true;
  statement.for_servers = !IsForClients(statement);
  statement.not_before = session.clock.Now();
  statement.lifetime = lifetime;
  ASSIGN_OR_RETURN(const pki::Certificate certificate,
                   pki::Sign(statement, request->SubjectKey(), ca.certificate, ca.key));
  return WriteFiles(session, {{.path = options.name + ".crt", .contents = certificate.ToPem()}},
                    force);
}

}  // namespace

Command KeyCommand(const Force& force) {
  const auto name = std::make_shared<std::string>();
  return {.name = "key",
          .summary = "Makes an Ed25519 key",
          .description = "Writes NAME.key into the current directory.",
          .flags = {{.name = "name",
                     .value = "NAME",
                     .help = "the file is called NAME.key",
                     .target = name.get()}},
          .run = [name, force](Session& session, const auto& /*arguments*/) {
            return MakeKey(*name, *force, session);
          }};
}

Command CsrCommand(const Force& force) {
  const auto options = std::make_shared<CsrOptions>();
  return {.name = "csr",
          .summary = "Makes a request for a certificate",
          .description = "Writes it beside the key: admin.csr for admin.key.",
          .examples = {{.about = "for somebody who may only read",
                        .line = "ichorctl gen csr --key reader.key --roles os:reader"}},
          .flags = {{.name = "key",
                     .value = "FILE",
                     .help = "the key that the certificate shall be for",
                     .target = &options->key,
                     .completes = Completes::kFile},
                    {.name = "ip",
                     .value = "ADDRESS",
                     .help = "an address that the certificate shall be for",
                     .target = &options->ip},
                    {.name = "roles",
                     .value = "ROLE,…",
                     .help = "what its owner may do",
                     .target = &options->roles,
                     .split = true}},
          .run = [options, force](Session& session, const auto& /*arguments*/) {
            return MakeCsr(*options, *force, session);
          }};
}

Command CrtCommand(const Force& force) {
  const auto options = std::make_shared<CrtOptions>();
  return {.name = "crt",
          .summary = "Signs a request: makes a certificate",
          .description =
              "Writes NAME.crt into the current directory. A request with roles of the API "
              "becomes a certificate for clients alone, since the API takes no other.",
          .examples = {{.about = "root.crt and root.key sign admin.csr: admin.crt",
                        .line = "ichorctl gen crt --ca root --csr admin.csr --name admin"}},
          .flags = {{.name = "ca",
                     .value = "NAME",
                     .help = "the CA: its files are called NAME.crt and NAME.key",
                     .target = &options->ca},
                    {.name = "csr",
                     .value = "FILE",
                     .help = "the request",
                     .target = &options->csr,
                     .completes = Completes::kFile},
                    {.name = "name",
                     .value = "NAME",
                     .help = "the file is called NAME.crt",
                     .target = &options->name},
                    {.name = "hours",
                     .value = "NUMBER",
                     .help = "how long it is valid",
                     .target = &options->hours}},
          .run = [options, force](Session& session, const auto& /*arguments*/) {
            return MakeCrt(*options, *force, session);
          }};
}

}  // namespace ichor::ctl
