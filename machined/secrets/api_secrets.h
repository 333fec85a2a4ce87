// The source of what apid needs: a CA, a certificate, and who may connect where.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ichor/boot.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/secrets/api_certificates.h"

namespace ichor {

// Publishes ApiCertificate, APIServiceConfig, CertSAN and MaintenanceRootSecret, as the stage of
// the node says:
//
//   starting     nothing: nobody connects before it is known who may
//   maintenance  a CA of this boot; anybody may connect, as a reader
//   configured   a certificate of the config's CA; clients need one too. Without the CA's key (a
//                worker) the node's own CA of this boot signs
//   recovery     a CA of this boot; clients need a certificate of the CA that META has kept
//
// New addresses and names, and half of a certificate's time, make a new certificate for the same
// key; so does a clock that was set. Loop's thread only.
class ApiSecrets {
 public:
  using Stage = boot::NodeStage::Spec::Stage;

  // All must outlive it.
  ApiSecrets(Runtime& runtime, Loop& loop, const base::Clock& clock);
  ApiSecrets(const ApiSecrets&) = delete;
  ApiSecrets& operator=(const ApiSecrets&) = delete;

  // Tells what is known now.
  void SetStage(Stage stage);
  void SetRoot(std::optional<secrets::OSRootSecret::Spec> root);
  void SetAddresses(const network::NodeAddress::Spec& addresses);
  void SetHostname(const network::HostnameStatus::Spec& hostname);
  // PEM of the CAs whose clients may repair a node that lost its config.
  void SetRecoveryCas(std::string pem);

  // For tasks that may outlive it.
  std::weak_ptr<ApiSecrets*> self() const { return self_; }

 private:
  // What apid shall have.
  struct Wish {
    Stage stage{};
    std::string ca_pem;                 // that signs; empty: one of this boot
    std::vector<std::string> accepted;  // PEM of CAs; of clients
    secrets::CertSAN::Spec names;
  };
  struct Made {
    Wish wish;
    pki::Identity ca;
    pki::Identity server;
    std::optional<pki::Identity> forwarder;
    bool taken_over = false;  // the server's, from an earlier machined
  };

  std::optional<Wish> Wanted() const;
  void Update();
  absl::StatusOr<pki::Identity> CaFor(const Wish& wish) const;
  absl::StatusOr<Made> MakeAnew(const Wish& wish) const;
  absl::StatusOr<pki::Identity> TakeOver(const Wish& wish, const pki::Identity& ca) const;
  absl::StatusOr<pki::Identity> ForwarderFor(const pki::Identity& ca) const;
  absl::StatusOr<Made> Renew(const Wish& wish, Made made) const;
  void Publish(const Made& made);
  void PublishNothing();
  void CheckLater();

  Runtime& runtime_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::shared_ptr<ApiSecrets*> self_ = std::make_shared<ApiSecrets*>(this);

  Stage stage_{};
  std::optional<secrets::OSRootSecret::Spec> root_;
  network::NodeAddress::Spec addresses_;
  network::HostnameStatus::Spec hostname_;
  std::string recovery_cas_;
  std::optional<Made> made_;
};

}  // namespace ichor
