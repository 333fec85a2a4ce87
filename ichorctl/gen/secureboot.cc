// `ichorctl gen secureboot`: the keys that an image for Secure Boot is signed with, and what makes
// firmware trust them.
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ichorctl/files/files.h"
#include "ichorctl/gen/parts.h"
#include "lib/base/status.h"
#include "lib/pki/certificate.h"
#include "lib/pki/openssl.h"
#include "lib/pki/secure_boot.h"

namespace ichor::ctl {
namespace {

struct Options {
  std::string output = "_out";
  std::string common_name = "Test UKI Signing Key";
};

std::string In(const std::string& directory, const char* name) {
  return (std::filesystem::path(directory) / name).string();
}

absl::Status MakeUki(const Options& options, bool force, Session& session) {
  ASSIGN_OR_RETURN(const pki::Key key, pki::Key::Generate(pki::KeyType::kRsa2048));
  ASSIGN_OR_RETURN(const pki::Certificate certificate,
                   pki::SelfSign({.common_name = options.common_name,
                                  .organizations = {options.common_name},
                                  .ca = true,
                                  .not_before = session.clock.Now(),
                                  .lifetime = pki::kAuthorityLifetime},
                                 key));
  return WriteFiles(
      session,
      {{.path = In(options.output, "uki-signing-cert.pem"), .contents = certificate.ToPem()},
       {.path = In(options.output, "uki-signing-cert.der"), .contents = certificate.ToDer()},
       {.path = In(options.output, "uki-signing-key.pem"), .contents = key.ToSecretPem().text()}},
      force);
}

absl::Status MakePcr(const Options& options, bool force, Session& session) {
  ASSIGN_OR_RETURN(const pki::Key key, pki::Key::Generate(pki::KeyType::kRsa2048));
  return WriteFiles(
      session,
      {{.path = In(options.output, "pcr-signing-key.pem"), .contents = key.ToSecretPem().text()}},
      force);
}

struct DatabaseOptions {
  std::string enrolled = "_out/uki-signing-cert.pem";
  std::string certificate = "_out/uki-signing-cert.pem";
  std::string key = "_out/uki-signing-key.pem";
};

absl::Status MakeDatabase(const Options& options, const DatabaseOptions& files, bool force,
                          Session& session) {
  ASSIGN_OR_RETURN(const std::string enrolled_pem, ReadInput(session, files.enrolled));
  ASSIGN_OR_RETURN(const std::string signer_pem, ReadInput(session, files.certificate));
  ASSIGN_OR_RETURN(std::string key_pem, ReadInput(session, files.key));
  const absl::StatusOr<pki::Certificate> enrolled = pki::Certificate::FromPem(enrolled_pem);
  RETURN_IF_ERROR(base::Annotate(enrolled.status(), files.enrolled));
  const absl::StatusOr<pki::Identity> signer = pki::IdentityFromPem(signer_pem, key_pem);
  pki::Wipe(key_pem);
  RETURN_IF_ERROR(base::Annotate(signer.status(), files.certificate + ", " + files.key));
  // In the order in which they are enrolled: with a platform key the others can only be signed.
  std::vector<OutputFile> writes;
  for (const pki::EfiVariable& variable :
       {pki::SignatureDatabase(), pki::KeyExchangeKey(), pki::PlatformKey()}) {
    const pki::Certificate& trusted =
        variable.name == pki::SignatureDatabase().name ? *enrolled : signer->certificate;
    ASSIGN_OR_RETURN(std::string write, pki::SignedWrite(variable, pki::SignatureList(trusted),
                                                         *signer, session.clock.Now()));
    const std::string name = std::string(variable.name) + ".auth";
    writes.push_back({.path = In(options.output, name.c_str()), .contents = std::move(write)});
  }
  return WriteFiles(session, writes, force);
}

Command DatabaseCommand(const std::shared_ptr<Options>& options, const Force& force) {
  const auto files = std::make_shared<DatabaseOptions>();
  const auto flag = [](const char* name, const char* help, std::string& target) {
    return Flag{.name = name,
                .value = "FILE",
                .help = help,
                .target = &target,
                .completes = Completes::kFile};
  };
  return {.name = "database",
          .summary = "Makes the files that enrol the signing key in firmware",
          .description =
              "Writes db.auth, KEK.auth and PK.auth, which firmware menus and systemd-boot "
              "read. The firmware must be in setup mode.",
          .flags = {flag("enrolled-certificate", "what images are signed with", files->enrolled),
                    flag("signing-certificate", "who owns the platform", files->certificate),
                    flag("signing-key", "the key of --signing-certificate", files->key)},
          .run = [options, files, force](Session& session, const std::vector<std::string>&) {
            return MakeDatabase(*options, *files, *force, session);
          }};
}

}  // namespace

Command SecureBootCommand(const Force& force) {
  const auto options = std::make_shared<Options>();
  const auto run = [options, force](absl::Status (*make)(const Options&, bool, Session&)) {
    return [options, force, make](Session& session, const std::vector<std::string>& /*arguments*/) {
      return make(*options, *force, session);
    };
  };
  return {.name = "secureboot",
          .summary = "Makes the keys that an image for Secure Boot is signed with",
          .flags = {{.name = "output",
                     .letter = 'o',
                     .value = "DIRECTORY",
                     .help = "where the files go",
                     .target = &options->output,
                     .completes = Completes::kDirectory}},
          .commands = {{.name = "uki",
                        .summary = "Makes the key and certificate that the firmware trusts",
                        .description = "Writes uki-signing-key.pem, uki-signing-cert.pem and "
                                       "uki-signing-cert.der: RSA, 2048 bits, ten years.",
                        .flags = {{.name = "common-name",
                                   .value = "NAME",
                                   .help = "the certificate's subject",
                                   .target = &options->common_name}},
                        .run = run(MakeUki)},
                       {.name = "pcr",
                        .summary = "Makes the key that measurements of the boot are signed with",
                        .description = "Writes pcr-signing-key.pem: RSA, 2048 bits.",
                        .run = run(MakePcr)},
                       DatabaseCommand(options, force)}};
}

}  // namespace ichor::ctl
