// The source of what apid needs in maintenance mode: a CA, a certificate, and where to listen.
#pragma once

#include <memory>
#include <optional>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/secrets/maintenance_certificates.h"

namespace ichor {

// Publishes MaintenanceRootSecret, ApiCertificate, CertSAN "maintenance" and APIServiceConfig. The
// first certificate does not wait for any address: later ones, for the same key, have more names.
// Also looked at once an hour: a certificate whose half time is over, or that is not valid yet
// since the clock was set, is made again. Loop's thread only.
class MaintenanceSecrets {
 public:
  // All must outlive it.
  MaintenanceSecrets(Runtime& runtime, Loop& loop, const base::Clock& clock);
  MaintenanceSecrets(const MaintenanceSecrets&) = delete;
  MaintenanceSecrets& operator=(const MaintenanceSecrets&) = delete;

  // Publishes for the first time: what stands in the state from a checkpoint, else something new.
  void Start();

  // Tells what is known about the names of the node now.
  void SetAddresses(const network::NodeAddress::Spec& addresses);
  void SetHostname(const network::HostnameStatus::Spec& hostname);

  // For tasks that may outlive it.
  std::weak_ptr<MaintenanceSecrets*> self() const { return self_; }

 private:
  struct Identities {
    pki::Identity ca;
    pki::Identity server;
  };

  std::optional<Identities> TakeOver() const;
  Identities MakeKeys() const;
  void MakeCertificate(Identities& made) const;
  void Update();
  void Publish(const Identities& made);
  void CheckLater();

  Runtime& runtime_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::shared_ptr<MaintenanceSecrets*> self_ = std::make_shared<MaintenanceSecrets*>(this);

  network::NodeAddress::Spec addresses_;
  network::HostnameStatus::Spec hostname_;
  secrets::CertSAN::Spec names_;    // in the certificate
  std::optional<Identities> made_;  // from Start on
};

}  // namespace ichor
