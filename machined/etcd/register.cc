#include "machined/etcd/register.h"

#include "machined/etcd/pki_files.h"
#include "machined/etcd/policy.h"

namespace ichor {

void RegisterEtcd(Runtime& runtime, const std::string& secrets) {
  runtime.Reconcile("etcd.derive-config", DeriveEtcdConfig);
  runtime.Reconcile("etcd.resolve-spec", ResolveEtcdSpec);
  runtime.Actuate<secrets::EtcdRootSecret, secrets::EtcdSecret>(
      "etcd.write-pki",
      [directory = secrets + "/etcd"](const All<secrets::EtcdRootSecret>& roots,
                                      const All<secrets::EtcdSecret>& certificates) {
        return WriteEtcdPki(roots, certificates, directory, kEtcdUser);
      });
}

}  // namespace ichor
