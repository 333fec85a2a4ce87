#include "machined/secrets/recovery.h"

#include <string>

#include "ichor/boot.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using boot::NodeStage;

std::string PemOf(const All<secrets::OSRootSecret>& roots) {
  std::string pem;
  if (!roots.empty()) {
    for (const auto& ca : roots.front().spec().accepted_cas()) {
      pem += ca.crt();
      pem += ca.crt().ends_with('\n') ? "" : "\n";
    }
  }
  return pem;
}

void Keep(MetaStore& meta, const std::string& pem) {
  if (!meta.loaded() || pem.empty() || meta.Get(kRecoveryCasKey) == pem) {
    return;
  }
  meta.Write(kRecoveryCasKey, pem, [](const absl::Status& status) {
    if (!status.ok()) {
      base::Log(base::Severity::kError, "META: {}", base::MessageOf(status));
    }
  });
}

}  // namespace

void RegisterRecovery(Runtime& runtime, Loop& loop, MetaStore& meta, ApiSecrets& secrets) {
  runtime.Actuate<NodeStage, secrets::OSRootSecret, runtime::MetaLoad>(
      "secrets.keep-recovery-cas",
      [mailbox = loop.mailbox(), meta = meta.weak(), secrets = secrets.self()](
          const All<NodeStage>& stages, const All<secrets::OSRootSecret>& roots,
          const All<runtime::MetaLoad>& /*loaded*/) {
        const auto stage = stages.empty() ? NodeStage::Spec() : stages.front().spec();
        mailbox->Post([meta, secrets, stage = stage.stage(), pem = PemOf(roots)] {
          const auto store = meta.lock();
          const auto api = secrets.lock();
          if (store == nullptr || api == nullptr) {
            return;
          }
          if (stage == NodeStage::Spec::CONFIGURED) {
            Keep(**store, pem);
          } else if (stage == NodeStage::Spec::RECOVERY) {
            (*api)->SetRecoveryCas((*store)->Get(kRecoveryCasKey).value_or(""));
          }
        });
        return absl::OkStatus();
      });
}

}  // namespace ichor
