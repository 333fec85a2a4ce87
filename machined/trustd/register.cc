#include "machined/trustd/register.h"

#include <utility>

#include "machined/trustd/service.h"

namespace ichor {
namespace {

template <class T>
std::optional<typename T::Spec> SpecOf(const All<T>& rows, std::string_view id) {
  const auto row = rows.find(id);
  return row == rows.end() ? std::nullopt : std::optional(row->spec());
}

}  // namespace

std::unique_ptr<TrustdSecrets> RegisterTrustd(Runtime& runtime, Loop& loop,
                                              const base::Clock& clock) {
  auto certificate = std::make_unique<TrustdSecrets>(runtime, loop, clock);
  runtime.Actuate<secrets::OSRootSecret, secrets::CertSAN>(
      "trustd.notice-root",
      [mailbox = loop.mailbox(), weak = certificate->self()](
          const All<secrets::OSRootSecret>& roots, const All<secrets::CertSAN>& names) {
        mailbox->Post([weak, root = SpecOf(roots, "os"), api = SpecOf(names, "api")]() mutable {
          if (const std::shared_ptr<TrustdSecrets*> alive = weak.lock()) {
            (*alive)->Set(std::move(root), std::move(api));
          }
        });
        return absl::OkStatus();
      });
  return certificate;
}

LateService TrustdService() {
  return LateServiceOf<boot::PowerRequest, boot::NodeStage, secrets::OSRootSecret,
                       secrets::TrustdCertificate>("trustd.define-service", DefineTrustd);
}

}  // namespace ichor
