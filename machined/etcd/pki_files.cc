#include "machined/etcd/pki_files.h"

#include <utility>

#include "machined/kubernetes/owned_files.h"

namespace ichor {
namespace {

void AddPair(const std::string& name, const common::PEMEncodedCertificateAndKey& pem,
             OwnedDirectory& directory) {
  directory.files[name + ".crt"] = pem.crt();
  directory.files[name + ".key"] = pem.key();
}

}  // namespace

Report<etcd::PKIStatus> WriteEtcdPki(const All<secrets::EtcdRootSecret>& roots,
                                     const All<secrets::EtcdSecret>& certificates,
                                     const std::string& directory, std::uint32_t owner) {
  Report<etcd::PKIStatus> report;
  if (roots.empty() || certificates.empty()) {
    if (const absl::Status removed = RemoveOwnedBelow(directory); !removed.ok()) {
      report.AddFailed("etcd", {}, removed);
    }
    return report;
  }
  OwnedDirectory files{.path = directory, .owner = owner, .files = {}};
  const auto& made = certificates.front().spec();
  AddPair("ca", roots.front().spec().etcd_ca(), files);
  AddPair("server", made.etcd(), files);
  AddPair("peer", made.etcd_peer(), files);
  AddPair("admin", made.etcd_admin(), files);
  etcd::PKIStatus::Spec status;
  status.set_version(VersionOfFiles({files}));
  if (const absl::Status written = WriteOwned({files}); !written.ok()) {
    report.AddFailed("etcd", std::move(status), written);
    return report;
  }
  status.set_ready(true);
  report.Add("etcd", std::move(status));
  return report;
}

}  // namespace ichor
