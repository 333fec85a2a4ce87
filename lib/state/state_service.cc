#include "lib/state/state_service.h"

#include <string>
#include <utility>

#include "absl/log/check.h"
#include "lib/state/calls.h"
#include "openssl/rand.h"

namespace ichor::state {
namespace {

std::string RandomId() {
  std::string id(8, '\0');
  // Without randomness bookmarks of an earlier process might be taken for ours; the kernel has it always.
  CHECK_EQ(RAND_bytes(reinterpret_cast<unsigned char*>(id.data()), static_cast<int>(id.size())), 1);
  return id;
}

}  // namespace

StateService::StateService(Loop& loop, Store& store, const base::Clock& clock, StateServiceOptions options)
    : shared_(new internal::Shared{.loop = loop,
                                   .clock = clock,
                                   .options = options,
                                   .handlers = Handlers(store, options.handlers),
                                   .server_id = RandomId()}) {}

StateService::~StateService() = default;

grpc::ServerUnaryReactor* StateService::Get(grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) {
  return internal::StartUnary(*shared_, &Handlers::Get, *request, response);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StateService::List(grpc::CallbackServerContext* /*context*/,
                                                               const grpc::ByteBuffer* request) {
  return internal::StartList(*shared_, *request);
}

grpc::ServerUnaryReactor* StateService::Create(grpc::CallbackServerContext* /*context*/,
                                               const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return internal::StartUnary(*shared_, &Handlers::Create, *request, response);
}

grpc::ServerUnaryReactor* StateService::Update(grpc::CallbackServerContext* /*context*/,
                                               const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return internal::StartUnary(*shared_, &Handlers::Update, *request, response);
}

grpc::ServerUnaryReactor* StateService::Destroy(grpc::CallbackServerContext* /*context*/,
                                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return internal::StartUnary(*shared_, &Handlers::Destroy, *request, response);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StateService::Watch(grpc::CallbackServerContext* /*context*/,
                                                                const grpc::ByteBuffer* request) {
  return internal::StartWatch(*shared_, *request);
}

grpc::ServerUnaryReactor* StateService::Teardown(grpc::CallbackServerContext* /*context*/,
                                                 const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return internal::StartUnary(*shared_, &Handlers::Teardown, *request, response);
}

grpc::ServerUnaryReactor* StateService::TeardownAndDestroy(grpc::CallbackServerContext* /*context*/,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return internal::StartTeardownAndDestroy(*shared_, *request, response);
}

}  // namespace ichor::state
