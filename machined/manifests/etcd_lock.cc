#include "machined/manifests/etcd_lock.h"

#include <format>
#include <string>

#include "absl/strings/escaping.h"
#include "google/protobuf/struct.pb.h"
#include "lib/base/status.h"
#include "lib/kube/json.h"
#include "lib/resource/tree.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr const char* kLeaseSeconds = "120";
constexpr const char* kServer = "https://127.0.0.1:2383";  // listen-client-http-urls

absl::StatusOr<Struct> Ask(kube::Api& etcd, const char* path, const Struct& question) {
  return etcd.Do({.method = "POST",
                  .path = path,
                  .content_type = "application/json",
                  .body = kube::ToJson(question)});
}

}  // namespace

std::optional<kube::Access> EtcdAccess(const All<secrets::EtcdRootSecret>& roots,
                                       const All<secrets::EtcdSecret>& certificates) {
  if (roots.empty() || certificates.empty()) {
    return std::nullopt;
  }
  const auto& admin = certificates.front().spec().etcd_admin();
  return kube::Access{.server = kServer,
                      .ca_pem = roots.front().spec().etcd_ca().crt(),
                      .certificate_pem = admin.crt(),
                      .key_pem = admin.key()};
}

absl::Status WithEtcdLock(kube::Api& etcd, std::string_view name,
                          const std::function<absl::Status()>& work) {
  ASSIGN_OR_RETURN(const Struct lease,
                   Ask(etcd, "/v3/lease/grant", Object({{"TTL", kLeaseSeconds}})));
  const std::string id = TextAt(lease, {"ID"});  // a number of 64 bits, as text
  absl::Status status =
      Ask(etcd, "/v3/lock/lock",
          Object({{"name", absl::Base64Escape({name.data(), name.size()})}, {"lease", id}}))
          .status();
  status = status.ok() ? work() : base::Annotate(status, std::format("lock {} of etcd", name));
  // What is not given back ends with the lease.
  Ask(etcd, "/v3/lease/revoke", Object({{"ID", id}})).status().IgnoreError();
  return status;
}

}  // namespace ichor
