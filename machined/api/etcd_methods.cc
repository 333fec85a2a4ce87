#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"

namespace ichor::api {
namespace {

void Bootstrap(EtcdControl& etcd, const machine::BootstrapRequest& request,
               absl::AnyInvocable<void(absl::StatusOr<machine::BootstrapResponse>)> answered) {
  etcd.Bootstrap({.from_snapshot = request.recover_etcd(),
                  .skip_hash_check = request.recover_skip_hash_check()},
                 [answered = std::move(answered)](const absl::Status& begun) mutable {
                   machine::BootstrapResponse reply;
                   reply.add_messages();
                   answered(begun.ok() ? absl::StatusOr<machine::BootstrapResponse>(reply) : begun);
                 });
}

}  // namespace

void AddEtcdMethods(Methods& methods) {
  EtcdControl& etcd = methods.context().etcd;
  methods.Later<machine::BootstrapRequest, machine::BootstrapResponse>(
      "/machine.MachineService/Bootstrap",
      [&etcd](const machine::BootstrapRequest& request, const rpc::Stream&, auto answered) {
        Bootstrap(etcd, request, std::move(answered));
      });
}

}  // namespace ichor::api
