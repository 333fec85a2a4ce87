// `ichorctl gen ca` and `gen keypair`
#include <format>
#include <string>
#include <utility>

#include "ichorctl/gen/parts.h"
#include "lib/base/status.h"
#include "lib/pki/names.h"

namespace ichor::ctl {
namespace {

struct CaOptions {
  std::string organization;
  int hours = 87600;
  bool rsa = false;
};

absl::Status MakeCa(const CaOptions& options, bool force, Session& session) {
  if (options.organization.empty()) {
    return absl::InvalidArgumentError(
        "--organization is missing: the CA's name, and that of its files");
  }
  ASSIGN_OR_RETURN(const std::chrono::hours lifetime, LifetimeOf(options.hours));
  ASSIGN_OR_RETURN(
      const pki::Identity ca,
      pki::NewAuthority({.organization = options.organization,
                         .key_type = options.rsa ? pki::KeyType::kRsa4096 : pki::KeyType::kEd25519},
                        session.clock.Now(), lifetime));
  const std::string& name = options.organization;
  return WriteFiles(session,
                    {{.path = name + ".crt", .contents = ca.certificate.ToPem()},
                     {.path = name + ".sha256", .contents = ca.certificate.PublicKeyDigest()},
                     {.path = name + ".key", .contents = ca.key.ToSecretPem().text()}},
                    force);
}

struct PairOptions {
  std::string organization;
  std::string ip;
};

absl::Status MakePair(const PairOptions& options, bool force, Session& session) {
  if (options.organization.empty()) {
    return absl::InvalidArgumentError(
        "--organization is missing: the subject, and the name of the files");
  }
  pki::Statement statement{.organizations = {options.organization},
                           .ca = true,
                           .for_servers = true,
                           .for_clients = true,
                           .not_before = session.clock.Now(),
                           .lifetime = pki::kAuthorityLifetime};
  if (!options.ip.empty()) {
    ASSIGN_OR_RETURN(std::string ip, pki::IpFromText(options.ip));
    statement.ips.push_back(std::move(ip));
  }
  ASSIGN_OR_RETURN(const pki::Key key, pki::Key::GenerateEd25519());
  ASSIGN_OR_RETURN(const pki::Certificate certificate, pki::SelfSign(statement, key));
  return WriteFiles(session,
                    {{.path = options.organization + ".crt", .contents = certificate.ToPem()},
                     {.path = options.organization + ".key", .contents = key.ToSecretPem().text()}},
                    force);
}

}  // namespace

Command CaCommand(const Force& force) {
  const auto options = std::make_shared<CaOptions>();
  return {.name = "ca",
          .summary = "Makes a certificate authority",
          .description =
              "Writes NAME.crt, NAME.key and NAME.sha256, the digest of its public key, "
              "into the current directory.",
          .examples = {{.about = "root.crt, root.key, root.sha256",
                        .line = "ichorctl gen ca --organization root"}},
          .flags = {{.name = "organization",
                     .value = "NAME",
                     .help = "its name, and that of its files",
                     .target = &options->organization},
                    {.name = "hours",
                     .value = "NUMBER",
                     .help = "how long it is valid",
                     .target = &options->hours},
                    {.name = "rsa",
                     .help = "an RSA key of 4096 bits instead of Ed25519",
                     .target = &options->rsa}},
          .run = [options, force](Session& session, const auto& /*arguments*/) {
            return MakeCa(*options, *force, session);
          }};
}

Command KeyPairCommand(const Force& force) {
  const auto options = std::make_shared<PairOptions>();
  return {.name = "keypair",
          .summary = "Makes an Ed25519 key with a certificate that it signs itself",
          .description = "Writes NAME.crt and NAME.key into the current directory.",
          .examples = {{.about = "node.crt and node.key",
                        .line = "ichorctl gen keypair --organization node --ip 10.0.0.1"}},
          .flags = {{.name = "organization",
                     .value = "NAME",
                     .help = "its subject, and the name of the files",
                     .target = &options->organization},
                    {.name = "ip",
                     .value = "ADDRESS",
                     .help = "an address that the certificate is for",
                     .target = &options->ip}},
          .run = [options, force](Session& session, const auto& /*arguments*/) {
            return MakePair(*options, *force, session);
          }};
}

}  // namespace ichor::ctl
