#include "machined/trustd/secrets.h"

#include <chrono>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/trustd/service.h"

namespace ichor {
namespace {

constexpr std::string_view kSource = "trustd.certificate";
constexpr std::chrono::hours kCheckInterval{1};
constexpr std::chrono::hours kLifetime{24};

}  // namespace

TrustdSecrets::TrustdSecrets(Runtime& runtime, Loop& loop, const base::Clock& clock)
    : runtime_(runtime), loop_(loop), clock_(clock) {
  runtime_.AddSource<secrets::TrustdCertificate>(kSource);
  runtime_.Publish<secrets::TrustdCertificate>(kSource, {});
  CheckLater();
}

void TrustdSecrets::Set(std::optional<secrets::OSRootSecret::Spec> root,
                        std::optional<secrets::CertSAN::Spec> names) {
  root_ = std::move(root);
  names_ = std::move(names);
  Update();
}

void TrustdSecrets::Update() {
  if (!root_.has_value() || !names_.has_value() || !GivesCertificates(*root_)) {
    runtime_.Publish<secrets::TrustdCertificate>(kSource, {});
    return;
  }
  CertificateWish wish;
  wish.ca = root_->issuing_ca();
  wish.common_name = names_->fqdn();
  wish.dns_names.assign(names_->dns_names().begin(), names_->dns_names().end());
  for (const common::NetIP& ip : names_->ips()) {
    wish.ips.push_back(ip.ip());
  }
  wish.for_servers = true;
  wish.lifetime = kLifetime;
  auto server = issuer_.Issue("trustd", wish, server_, clock_.Now());
  if (!server.ok()) {  // the one before stays
    base::Log(base::Severity::kError, "the certificate of trustd: {}",
              base::MessageOf(server.status()));
    return;
  }
  server_ = *std::move(server);
  secrets::TrustdCertificate::Spec spec;
  *spec.mutable_server() = server_;
  *spec.mutable_accepted_cas() = root_->accepted_cas();
  runtime_.Publish<secrets::TrustdCertificate>(kSource, {{"trustd", std::move(spec)}});
}

void TrustdSecrets::CheckLater() {
  loop_.RunAt(clock_.Monotonic() + kCheckInterval, [weak = self()] {
    if (const std::shared_ptr<TrustdSecrets*> alive = weak.lock()) {
      (*alive)->Update();
      (*alive)->CheckLater();
    }
  });
}

}  // namespace ichor
