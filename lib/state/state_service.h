// cosi.resource.State over gRPC: list, watch and change the resources of a store.
#pragma once

#include <memory>

#include "cosi/resource/state.grpc.pb.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/state/handlers.h"

namespace ichor::state {

struct StateServiceOptions {
  HandlerOptions handlers;
  // Watches, and calls that wait for finalizers, that may be open at once; one more is ResourceExhausted.
  size_t max_watches = 4096;
};

namespace internal {
struct Shared;

using RawService = cosi::resource::State::WithRawCallbackMethod_Get<cosi::resource::State::WithRawCallbackMethod_List<
    cosi::resource::State::WithRawCallbackMethod_Create<cosi::resource::State::WithRawCallbackMethod_Update<
        cosi::resource::State::WithRawCallbackMethod_Destroy<cosi::resource::State::WithRawCallbackMethod_Watch<
            cosi::resource::State::WithRawCallbackMethod_Teardown<
                cosi::resource::State::WithRawCallbackMethod_TeardownAndDestroy<cosi::resource::State::Service>>>>>>>>;
}  // namespace internal

// Calls arrive on gRPC's threads and are handed to `loop`, which owns the store. The server must be shut down, and its
// calls be over, while the loop still runs; then the service may go, and last the loop.
class StateService : public internal::RawService {
 public:
  // `loop`, `store` and `clock` must outlive the service.
  StateService(Loop& loop, Store& store, const base::Clock& clock, StateServiceOptions options);
  ~StateService() override;

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* List(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Destroy(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* Teardown(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* TeardownAndDestroy(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;

 private:
  const std::unique_ptr<internal::Shared> shared_;
};

}  // namespace ichor::state
