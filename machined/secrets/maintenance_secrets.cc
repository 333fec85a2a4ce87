#include "machined/secrets/maintenance_secrets.h"

#include <google/protobuf/util/message_differencer.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "absl/log/check.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr std::string_view kSource = "secrets.maintenance";
constexpr std::chrono::hours kCheckInterval{1};

}  // namespace

MaintenanceSecrets::MaintenanceSecrets(Runtime& runtime, Loop& loop, const base::Clock& clock)
    : runtime_(runtime), loop_(loop), clock_(clock) {
  runtime_.AddSource<secrets::MaintenanceRootSecret>(kSource);
  runtime_.AddSource<secrets::ApiCertificate>(kSource);
  runtime_.AddSource<secrets::CertSAN>(kSource);
  runtime_.AddSource<runtime::APIServiceConfig>(kSource);
}

void MaintenanceSecrets::Start() {
  names_ = MaintenanceNames(addresses_, hostname_);
  std::optional<Identities> found = TakeOver();
  const Identities& made = made_.emplace(found.has_value() ? *std::move(found) : MakeKeys());
  runtime::APIServiceConfig::Spec config;
  config.set_listen_address(":50000");
  config.set_node_routing_disabled(true);
  config.set_readonly_role_mode(true);
  config.set_skip_verifying_client_cert(true);
  runtime_.Publish<runtime::APIServiceConfig>(kSource, {{"apid", std::move(config)}});
  Publish(made);
  CheckLater();
}

// What an earlier machined of this boot has made, if it is whole.
std::optional<MaintenanceSecrets::Identities> MaintenanceSecrets::TakeOver() const {
  const All<secrets::MaintenanceRootSecret> roots = runtime_.Read<secrets::MaintenanceRootSecret>();
  const All<secrets::ApiCertificate> certificates = runtime_.Read<secrets::ApiCertificate>();
  const auto root = roots.find("maintenance");
  const auto certificate = certificates.find("api");
  if (root == roots.end() || certificate == certificates.end()) {
    return std::nullopt;
  }
  absl::StatusOr<pki::Identity> ca = FromPem(root->spec().ca());
  absl::StatusOr<pki::Identity> server = FromPem(certificate->spec().server());
  if (!ca.ok() || !server.ok()) {
    base::Log(base::Severity::kWarning, "maintenance certificate of the last run: {}",
              base::MessageOf(ca.ok() ? server.status() : ca.status()));
    return std::nullopt;
  }
  return Identities{.ca = *std::move(ca), .server = *std::move(server)};
}

MaintenanceSecrets::Identities MaintenanceSecrets::MakeKeys() const {
  absl::StatusOr<pki::Identity> ca = NewMaintenanceCa(clock_.Now());
  absl::StatusOr<pki::Key> key = pki::Key::GenerateEd25519();
  CHECK_OK(ca);   // our own constants
  CHECK_OK(key);  // fails without memory only
  pki::Identity server{.certificate = ca->certificate, .key = *std::move(key)};
  Identities made{.ca = *std::move(ca), .server = std::move(server)};
  MakeCertificate(made);
  base::Log(base::Severity::kInfo, "maintenance certificate: fingerprint {}",
            made.server.certificate.Fingerprint());
  return made;
}

// A name that cannot stand in a certificate does not keep the node from having one.
void MaintenanceSecrets::MakeCertificate(Identities& made) const {
  const base::WallTime now = clock_.Now();
  absl::StatusOr<pki::Certificate> certificate =
      NewMaintenanceCertificate(made.server.key, made.ca, names_, now);
  if (!certificate.ok()) {
    base::Log(base::Severity::kWarning, "maintenance certificate: {}; left out",
              base::MessageOf(certificate.status()));
    secrets::CertSAN::Spec fewer = names_;
    fewer.clear_dns_names();
    certificate = NewMaintenanceCertificate(made.server.key, made.ca, fewer, now);
  }
  CHECK_OK(certificate);
  made.server.certificate = *std::move(certificate);
}

void MaintenanceSecrets::SetAddresses(const network::NodeAddress::Spec& addresses) {
  addresses_ = addresses;
  Update();
}

void MaintenanceSecrets::SetHostname(const network::HostnameStatus::Spec& hostname) {
  hostname_ = hostname;
  Update();
}

void MaintenanceSecrets::Update() {
  secrets::CertSAN::Spec names = MaintenanceNames(addresses_, hostname_);
  if (!made_.has_value() || MessageDifferencer::Equals(names, names_)) {
    return;
  }
  names_ = std::move(names);
  MakeCertificate(*made_);
  Publish(*made_);
}

void MaintenanceSecrets::Publish(const Identities& made) {
  secrets::MaintenanceRootSecret::Spec root;
  *root.mutable_ca() = ToPem(made.ca);
  runtime_.Publish<secrets::MaintenanceRootSecret>(kSource, {{"maintenance", std::move(root)}});

  secrets::ApiCertificate::Spec api;
  *api.mutable_server() = ToPem(made.server);
  api.add_accepted_cas()->set_crt(made.ca.certificate.ToPem());
  api.set_skip_verifying_client_cert(true);
  runtime_.Publish<secrets::ApiCertificate>(kSource, {{"api", std::move(api)}});

  runtime_.Publish<secrets::CertSAN>(kSource, {{"maintenance", names_}});
}

void MaintenanceSecrets::CheckLater() {
  loop_.RunAt(clock_.Monotonic() + kCheckInterval, [weak = self()] {
    const std::shared_ptr<MaintenanceSecrets*> self = weak.lock();
    if (self == nullptr) {
      return;
    }
    MaintenanceSecrets& secrets = **self;
    std::optional<Identities>& made = secrets.made_;
    if (made.has_value() && IsDue(made->server.certificate, secrets.clock_.Now())) {
      secrets.MakeCertificate(*made);
      secrets.Publish(*made);
    }
    secrets.CheckLater();
  });
}

}  // namespace ichor
