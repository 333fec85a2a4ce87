#include "machined/secrets/register.h"

#include <utility>

namespace ichor {
namespace {

// Runs `task` on the loop with what `secrets` still points to.
template <class F>
void Tell(Mailbox& mailbox, const std::weak_ptr<MaintenanceSecrets*>& secrets, F task) {
  mailbox.Post([secrets, task = std::move(task)] {
    if (const std::shared_ptr<MaintenanceSecrets*> self = secrets.lock()) {
      task(**self);
    }
  });
}

}  // namespace

std::unique_ptr<MaintenanceSecrets> RegisterSecrets(Runtime& runtime, Loop& loop,
                                                    const base::Clock& clock) {
  auto secrets = std::make_unique<MaintenanceSecrets>(runtime, loop, clock);
  // Two, so that neither waits for what the other follows.
  runtime.Actuate<network::NodeAddress>(
      "secrets.notice-addresses",
      [mailbox = loop.mailbox(), weak = secrets->self()](const auto& rows) {
        const auto row = rows.find("accumulative");
        const auto spec = row == rows.end() ? network::NodeAddress::Spec() : row->spec();
        Tell(*mailbox, weak, [spec](MaintenanceSecrets& self) { self.SetAddresses(spec); });
        return absl::OkStatus();
      });
  runtime.Actuate<network::HostnameStatus>(
      "secrets.notice-hostname",
      [mailbox = loop.mailbox(), weak = secrets->self()](const auto& rows) {
        const auto spec = rows.empty() ? network::HostnameStatus::Spec() : rows.front().spec();
        Tell(*mailbox, weak, [spec](MaintenanceSecrets& self) { self.SetHostname(spec); });
        return absl::OkStatus();
      });
  return secrets;
}

std::vector<Kind> SecretsCheckpointKinds() {
  return {TypeRef::Of<secrets::MaintenanceRootSecret>().kind,
          TypeRef::Of<secrets::ApiCertificate>().kind};
}

}  // namespace ichor
