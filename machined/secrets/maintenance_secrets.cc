#include "machined/secrets/maintenance_secrets.h"

#include <google/protobuf/util/message_differencer.h>

#include <chrono>
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
  TakeOver();
  names_ = MaintenanceNames(addresses_, hostname_);
  if (!ca_.has_value() || !server_.has_value()) {
    MakeKeys();
  }
  runtime::APIServiceConfig::Spec config;
  config.set_listen_address(":50000");
  config.set_node_routing_disabled(true);
  config.set_readonly_role_mode(true);
  config.set_skip_verifying_client_cert(true);
  runtime_.Publish<runtime::APIServiceConfig>(kSource, {{"apid", std::move(config)}});
  Publish();
  CheckLater();
}

// What an earlier machined of this boot has made, if it is whole.
void MaintenanceSecrets::TakeOver() {
  const All<secrets::MaintenanceRootSecret> roots = runtime_.Read<secrets::MaintenanceRootSecret>();
  const All<secrets::ApiCertificate> certificates = runtime_.Read<secrets::ApiCertificate>();
  const auto root = roots.find("maintenance");
  const auto certificate = certificates.find("api");
  if (root == roots.end() || certificate == certificates.end()) {
    return;
  }
  absl::StatusOr<Identity> ca = FromPem(root->spec().ca());
  absl::StatusOr<Identity> server = FromPem(certificate->spec().server());
  if (!ca.ok() || !server.ok()) {
    base::Log(base::Severity::kWarning, "maintenance certificate of the last run: {}",
              base::MessageOf(ca.ok() ? server.status() : ca.status()));
    return;
  }
  ca_ = *std::move(ca);
  server_ = *std::move(server);
}

void MaintenanceSecrets::MakeKeys() {
  absl::StatusOr<Identity> ca = NewMaintenanceCa(clock_.Now());
  absl::StatusOr<pki::Key> key = pki::Key::GenerateEd25519();
  CHECK_OK(ca);   // our own constants
  CHECK_OK(key);  // fails without memory only
  ca_ = *std::move(ca);
  server_ = Identity{.key = *std::move(key), .certificate = ca_->certificate};
  MakeCertificate();
  base::Log(base::Severity::kInfo, "maintenance certificate: fingerprint {}",
            server_->certificate.Fingerprint());
}

// A name that cannot stand in a certificate does not keep the node from having one.
void MaintenanceSecrets::MakeCertificate() {
  const base::WallTime now = clock_.Now();
  absl::StatusOr<pki::Certificate> certificate =
      NewMaintenanceCertificate(server_->key, *ca_, names_, now);
  if (!certificate.ok()) {
    base::Log(base::Severity::kWarning, "maintenance certificate: {}; left out",
              base::MessageOf(certificate.status()));
    secrets::CertSAN::Spec fewer = names_;
    fewer.clear_dns_names();
    certificate = NewMaintenanceCertificate(server_->key, *ca_, fewer, now);
  }
  CHECK_OK(certificate);
  server_->certificate = *std::move(certificate);
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
  if (!server_.has_value() || MessageDifferencer::Equals(names, names_)) {
    return;
  }
  names_ = std::move(names);
  MakeCertificate();
  Publish();
}

void MaintenanceSecrets::Publish() {
  secrets::MaintenanceRootSecret::Spec root;
  *root.mutable_ca() = ToPem(*ca_);
  runtime_.Publish<secrets::MaintenanceRootSecret>(kSource, {{"maintenance", std::move(root)}});

  secrets::ApiCertificate::Spec api;
  *api.mutable_server() = ToPem(*server_);
  api.add_accepted_cas()->set_crt(ca_->certificate.ToPem());
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
    if (IsDue(secrets.server_->certificate, secrets.clock_.Now())) {
      secrets.MakeCertificate();
      secrets.Publish();
    }
    secrets.CheckLater();
  });
}

}  // namespace ichor
