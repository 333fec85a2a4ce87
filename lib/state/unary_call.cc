#include <utility>

#include "lib/rpc/bytes.h"
#include "lib/rpc/status.h"
#include "lib/state/calls.h"

namespace ichor::state::internal {
namespace {

class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerUnaryReactor* StartUnary(Shared& shared, UnaryMethod method, const grpc::ByteBuffer& request,
                                     grpc::ByteBuffer* response) {
  auto* call = new UnaryCall;  // owned by gRPC until OnDone
  shared.loop.Post([&shared, method, request = rpc::ToString(request), response, call] {
    absl::StatusOr<std::string> reply = (shared.handlers.*method)(request);
    if (reply.ok()) {
      *response = rpc::ToBuffer(*std::move(reply));
    }
    call->Finish(rpc::ToGrpc(reply.status()));
  });
  return call;
}

}  // namespace ichor::state::internal
