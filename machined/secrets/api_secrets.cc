#include "machined/secrets/api_secrets.h"

#include <google/protobuf/util/message_differencer.h>

#include <chrono>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using boot::NodeStage;
using google::protobuf::util::MessageDifferencer;

constexpr std::string_view kSource = "secrets.api";
constexpr std::chrono::hours kCheckInterval{1};

bool IsSignedBy(const pki::Certificate& certificate, const pki::Certificate& ca) {
  return X509_verify(certificate.get(), X509_get0_pubkey(ca.get())) == 1;
}

// A name that cannot stand in a certificate does not keep the node from having one.
absl::StatusOr<pki::Certificate> Certify(const pki::Key& key, const pki::Identity& ca,
                                         const secrets::CertSAN::Spec& names, base::WallTime now) {
  absl::StatusOr<pki::Certificate> certificate = NewServerCertificate(key, ca, names, now);
  if (certificate.ok()) {
    return certificate;
  }
  base::Log(base::Severity::kWarning, "certificate: {}; left out",
            base::MessageOf(certificate.status()));
  secrets::CertSAN::Spec fewer = names;
  fewer.clear_dns_names();
  fewer.set_fqdn("localhost");
  return NewServerCertificate(key, ca, fewer, now);
}

}  // namespace

ApiSecrets::ApiSecrets(Runtime& runtime, Loop& loop, const base::Clock& clock)
    : runtime_(runtime), loop_(loop), clock_(clock) {
  runtime_.AddSource<secrets::MaintenanceRootSecret>(kSource);
  runtime_.AddSource<secrets::ApiCertificate>(kSource);
  runtime_.AddSource<secrets::CertSAN>(kSource);
  runtime_.AddSource<runtime::APIServiceConfig>(kSource);
  CheckLater();
}

void ApiSecrets::SetStage(Stage stage) {
  stage_ = stage;
  Update();
}

void ApiSecrets::SetRoot(std::optional<secrets::OSRootSecret::Spec> root) {
  root_ = std::move(root);
  Update();
}

void ApiSecrets::SetAddresses(const network::NodeAddress::Spec& addresses) {
  addresses_ = addresses;
  Update();
}

void ApiSecrets::SetHostname(const network::HostnameStatus::Spec& hostname) {
  hostname_ = hostname;
  Update();
}

void ApiSecrets::SetRecoveryCas(std::string pem) {
  recovery_cas_ = std::move(pem);
  Update();
}

// Nothing while it is not known who may connect.
std::optional<ApiSecrets::Wish> ApiSecrets::Wanted() const {
  Wish wish{.stage = stage_};
  switch (stage_) {
    case NodeStage::Spec::MAINTENANCE:
      wish.names = ApiNames(addresses_, hostname_, {});
      wish.names.set_fqdn(kMaintenanceName);
      return wish;
    case NodeStage::Spec::INSTALLING:
    case NodeStage::Spec::CONFIGURED:
      if (!root_.has_value() || root_->accepted_cas().empty()) {
        return std::nullopt;
      }
      wish.stage = NodeStage::Spec::CONFIGURED;
      wish.ca_pem = root_->issuing_ca().key().empty() ? "" : root_->issuing_ca().crt();
      for (const auto& ca : root_->accepted_cas()) {
        wish.accepted.push_back(ca.crt());
      }
      wish.names = ApiNames(addresses_, hostname_, *root_);
      return wish;
    case NodeStage::Spec::RECOVERY:
      if (recovery_cas_.empty()) {
        return std::nullopt;
      }
      wish.accepted = {recovery_cas_};
      wish.names = ApiNames(addresses_, hostname_, {});
      return wish;
    default:
      return std::nullopt;
  }
}

void ApiSecrets::Update() {
  const std::optional<Wish> wish = Wanted();
  if (!wish.has_value()) {
    if (std::exchange(made_, std::nullopt).has_value()) {
      PublishNothing();
    }
    return;
  }
  const bool same_ca =
      made_.has_value() && made_->wish.stage == wish->stage && made_->wish.ca_pem == wish->ca_pem;
  // An earlier machined knew the addresses that this one has not heard of yet.
  const bool same_names = made_.has_value() &&
                          (MessageDifferencer::Equals(made_->wish.names, wish->names) ||
                           (made_->taken_over && HasNames(made_->server.certificate, wish->names)));
  if (same_ca && same_names && made_->wish.accepted == wish->accepted &&
      !IsDue(made_->server.certificate, clock_.Now())) {
    return;
  }
  absl::StatusOr<Made> made = same_ca ? Renew(*wish, *made_) : MakeAnew(*wish);
  if (!made.ok()) {  // the one before stays
    base::Log(base::Severity::kError, "the API's certificate: {}", base::MessageOf(made.status()));
    return;
  }
  Publish(*made);
  made_ = *std::move(made);
}

absl::StatusOr<pki::Identity> ApiSecrets::CaFor(const Wish& wish) const {
  if (!wish.ca_pem.empty() && root_.has_value()) {
    return FromPem(root_->issuing_ca());
  }
  const All<secrets::MaintenanceRootSecret> earlier =
      runtime_.Read<secrets::MaintenanceRootSecret>();
  if (const auto row = earlier.find("maintenance"); row != earlier.end()) {
    if (absl::StatusOr<pki::Identity> ca = FromPem(row->spec().ca()); ca.ok()) {
      return ca;
    }
  }
  return NewMaintenanceCa(clock_.Now());
}

absl::StatusOr<ApiSecrets::Made> ApiSecrets::MakeAnew(const Wish& wish) const {
  ASSIGN_OR_RETURN(const pki::Identity ca, CaFor(wish));
  absl::StatusOr<pki::Identity> server = TakeOver(wish, ca);
  const bool taken_over = server.ok();
  if (!taken_over) {
    ASSIGN_OR_RETURN(const pki::Key key, pki::Key::Generate(ca.key.TypeOfLeaves()));
    ASSIGN_OR_RETURN(const pki::Certificate certificate,
                     Certify(key, ca, wish.names, clock_.Now()));
    server = pki::Identity{.certificate = certificate, .key = key};
  }
  Made made{.wish = wish,
            .ca = ca,
            .server = *std::move(server),
            .forwarder = std::nullopt,
            .taken_over = taken_over};
  if (!wish.ca_pem.empty()) {
    ASSIGN_OR_RETURN(made.forwarder, ForwarderFor(ca));
  }
  base::Log(base::Severity::kInfo, "certificate of the API: fingerprint {}",
            made.server.certificate.Fingerprint());
  return made;
}

// What an earlier machined of this boot has made, if it still fits. If it lacks a name, the key is
// the same, with another certificate.
absl::StatusOr<pki::Identity> ApiSecrets::TakeOver(const Wish& wish,
                                                   const pki::Identity& ca) const {
  const All<secrets::ApiCertificate> earlier = runtime_.Read<secrets::ApiCertificate>();
  const auto row = earlier.find("api");
  if (row == earlier.end()) {
    return absl::NotFoundError("none");
  }
  ASSIGN_OR_RETURN(pki::Identity server, FromPem(row->spec().server()));
  const bool asks = !row->spec().skip_verifying_client_cert();
  if (!IsSignedBy(server.certificate, ca.certificate) ||
      asks != (wish.stage != NodeStage::Spec::MAINTENANCE) ||
      IsDue(server.certificate, clock_.Now())) {
    return absl::NotFoundError("it does not fit");
  }
  if (!HasNames(server.certificate, wish.names)) {
    ASSIGN_OR_RETURN(server.certificate, Certify(server.key, ca, wish.names, clock_.Now()));
  }
  return server;
}

// An earlier machined's too, if it fits.
absl::StatusOr<pki::Identity> ApiSecrets::ForwarderFor(const pki::Identity& ca) const {
  const All<secrets::ApiCertificate> earlier = runtime_.Read<secrets::ApiCertificate>();
  if (const auto row = earlier.find("api"); row != earlier.end() && row->spec().has_client()) {
    absl::StatusOr<pki::Identity> client = FromPem(row->spec().client());
    if (client.ok() && IsSignedBy(client->certificate, ca.certificate) &&
        !IsDue(client->certificate, clock_.Now())) {
      return client;
    }
  }
  return NewForwarder(ca, clock_.Now());
}

absl::StatusOr<ApiSecrets::Made> ApiSecrets::Renew(const Wish& wish, Made made) const {
  ASSIGN_OR_RETURN(made.server.certificate,
                   Certify(made.server.key, made.ca, wish.names, clock_.Now()));
  if (made.forwarder.has_value()) {
    ASSIGN_OR_RETURN(made.forwarder, NewForwarder(made.ca, clock_.Now()));
  }
  made.wish = wish;
  made.taken_over = false;
  return made;
}

void ApiSecrets::Publish(const Made& made) {
  const bool maintenance = made.wish.stage == NodeStage::Spec::MAINTENANCE;
  Desired<secrets::MaintenanceRootSecret> roots;
  if (made.wish.ca_pem.empty()) {
    secrets::MaintenanceRootSecret::Spec root;
    *root.mutable_ca() = ToPem(made.ca);
    roots.Add("maintenance", std::move(root));
  }
  runtime_.Publish<secrets::MaintenanceRootSecret>(kSource, std::move(roots));

  secrets::ApiCertificate::Spec api;
  *api.mutable_server() = ToPem(made.server);
  if (made.forwarder.has_value()) {
    *api.mutable_client() = ToPem(*made.forwarder);
  }
  for (const std::string& ca : made.wish.accepted) {
    api.add_accepted_cas()->set_crt(ca);
  }
  if (maintenance) {
    api.add_accepted_cas()->set_crt(made.ca.certificate.ToPem());
  }
  api.set_skip_verifying_client_cert(maintenance);
  runtime_.Publish<secrets::ApiCertificate>(kSource, {{"api", std::move(api)}});

  runtime_.Publish<secrets::CertSAN>(kSource,
                                     {{maintenance ? "maintenance" : "api", made.wish.names}});

  runtime::APIServiceConfig::Spec config;
  config.set_listen_address(":50000");
  config.set_node_routing_disabled(maintenance);
  config.set_readonly_role_mode(maintenance);
  config.set_skip_verifying_client_cert(maintenance);
  runtime_.Publish<runtime::APIServiceConfig>(kSource, {{"apid", std::move(config)}});
}

void ApiSecrets::PublishNothing() {
  runtime_.Publish<secrets::MaintenanceRootSecret>(kSource, {});
  runtime_.Publish<secrets::ApiCertificate>(kSource, {});
  runtime_.Publish<secrets::CertSAN>(kSource, {});
  runtime_.Publish<runtime::APIServiceConfig>(kSource, {});
}

void ApiSecrets::CheckLater() {
  loop_.RunAt(clock_.Monotonic() + kCheckInterval, [weak = self()] {
    if (const std::shared_ptr<ApiSecrets*> alive = weak.lock()) {
      (*alive)->Update();
      (*alive)->CheckLater();
    }
  });
}

}  // namespace ichor
