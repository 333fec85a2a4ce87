#include "machined/secrets/register.h"

#include <optional>
#include <utility>

#include "machined/secrets/root.h"

namespace ichor {
namespace {

// Runs `task` on the loop with what `secrets` still points to.
template <class F>
void Tell(Mailbox& mailbox, const std::weak_ptr<ApiSecrets*>& secrets, F task) {
  mailbox.Post([secrets, task = std::move(task)] {
    if (const std::shared_ptr<ApiSecrets*> self = secrets.lock()) {
      task(**self);
    }
  });
}

}  // namespace

std::unique_ptr<ApiSecrets> RegisterSecrets(Runtime& runtime, Loop& loop,
                                            const base::Clock& clock) {
  auto secrets = std::make_unique<ApiSecrets>(runtime, loop, clock);
  runtime.Reconcile("secrets.derive-os-root", DeriveOsRoot);
  runtime.Reconcile("config.derive-machine-type", DeriveMachineType);
  // One for each, so that none waits for what another follows.
  runtime.Actuate<network::NodeAddress>(
      "secrets.notice-addresses",
      [mailbox = loop.mailbox(), weak = secrets->self()](const auto& rows) {
        const auto row = rows.find("accumulative");
        const auto spec = row == rows.end() ? network::NodeAddress::Spec() : row->spec();
        Tell(*mailbox, weak, [spec](ApiSecrets& self) { self.SetAddresses(spec); });
        return absl::OkStatus();
      });
  runtime.Actuate<network::HostnameStatus>(
      "secrets.notice-hostname",
      [mailbox = loop.mailbox(), weak = secrets->self()](const auto& rows) {
        const auto spec = rows.empty() ? network::HostnameStatus::Spec() : rows.front().spec();
        Tell(*mailbox, weak, [spec](ApiSecrets& self) { self.SetHostname(spec); });
        return absl::OkStatus();
      });
  runtime.Actuate<secrets::OSRootSecret>(
      "secrets.notice-root", [mailbox = loop.mailbox(), weak = secrets->self()](const auto& rows) {
        const auto root = rows.empty() ? std::nullopt : std::optional(rows.front().spec());
        Tell(*mailbox, weak, [root](ApiSecrets& self) { self.SetRoot(root); });
        return absl::OkStatus();
      });
  runtime.Actuate<boot::NodeStage>(
      "secrets.notice-stage", [mailbox = loop.mailbox(), weak = secrets->self()](const auto& rows) {
        const auto spec = rows.empty() ? boot::NodeStage::Spec() : rows.front().spec();
        Tell(*mailbox, weak, [spec](ApiSecrets& self) { self.SetStage(spec.stage()); });
        return absl::OkStatus();
      });
  return secrets;
}

std::vector<Kind> SecretsCheckpointKinds() {
  return {TypeRef::Of<secrets::MaintenanceRootSecret>().kind,
          TypeRef::Of<secrets::ApiCertificate>().kind, TypeRef::Of<secrets::EtcdSecret>().kind,
          TypeRef::Of<secrets::KubernetesDynamicCert>().kind,
          TypeRef::Of<secrets::KubernetesSecret>().kind};
}

}  // namespace ichor
