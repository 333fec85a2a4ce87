// The source of what trustd shows to those who ask it.
#pragma once

#include <memory>
#include <optional>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/secrets/issue.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// Publishes TrustdCertificate "trustd": a certificate of the OS CA with the names of the API, for
// 24 hours, made anew after half of them. None on a machine that gives no certificates. Loop's
// thread only.
class TrustdSecrets {
 public:
  // All must outlive it.
  TrustdSecrets(Runtime& runtime, Loop& loop, const base::Clock& clock);
  TrustdSecrets(const TrustdSecrets&) = delete;
  TrustdSecrets& operator=(const TrustdSecrets&) = delete;

  // What is known now: the CA, and the names of the API; absent: there are none.
  void Set(std::optional<secrets::OSRootSecret::Spec> root,
           std::optional<secrets::CertSAN::Spec> names);

  // For tasks that may outlive it.
  std::weak_ptr<TrustdSecrets*> self() const { return self_; }

 private:
  void Update();
  void CheckLater();

  Runtime& runtime_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::shared_ptr<TrustdSecrets*> self_ = std::make_shared<TrustdSecrets*>(this);
  std::optional<secrets::OSRootSecret::Spec> root_;
  std::optional<secrets::CertSAN::Spec> names_;
  Issuer issuer_;
  common::PEMEncodedCertificateAndKey server_;
};

}  // namespace ichor
