#include "machined/etcd/register.h"

#include <utility>

#include "machined/etcd/launch.h"
#include "machined/etcd/pki_files.h"
#include "machined/etcd/policy.h"
#include "machined/etcd/service.h"
#include "machined/files/rendered_files.h"

namespace ichor {

std::unique_ptr<EtcdLife> RegisterEtcd(EtcdLife::Parts parts, const std::string& secrets) {
  Runtime& runtime = parts.runtime;
  runtime.Reconcile("etcd.derive-config", DeriveEtcdConfig);
  runtime.Reconcile("etcd.resolve-spec", ResolveEtcdSpec);
  runtime.Reconcile("etcd.plan", PlanEtcd);
  ExpectFileChanges(runtime);
  runtime.Actuate<files::FileChange, secrets::EtcdRootSecret, secrets::EtcdSecret>(
      "etcd.write-pki",
      [directory = secrets + "/etcd"](const All<files::FileChange>& /*changes*/,
                                      const All<secrets::EtcdRootSecret>& roots,
                                      const All<secrets::EtcdSecret>& certificates) {
        return WriteEtcdPki(roots, certificates, directory, kEtcdUser);
      });
  return std::make_unique<EtcdLife>(std::move(parts));
}

LateService EtcdService() {
  return LateServiceOf<boot::PowerRequest, cri::ContainerRuntime, etcd::EtcdProgram, cri::PodsEnd,
                       etcd::EtcdDataStatus>("etcd.define-services", DefineEtcd);
}

std::vector<Kind> EtcdCheckpointKinds() {
  return {TypeRef::Of<etcd::EtcdDataStatus>().kind};
}

}  // namespace ichor
