// `ichorctl gen secureboot`: the keys that an image for Secure Boot is signed with.
#include <chrono>
#include <filesystem>
#include <string>

#include "ichorctl/gen/parts.h"
#include "lib/base/status.h"
#include "lib/pki/certificate.h"

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
                        .run = run(MakePcr)}}};
}

}  // namespace ichor::ctl
