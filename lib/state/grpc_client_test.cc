// gRPC C++'s own client against the state service: what nghttp2 and lib/rpc speak is gRPC.
#include <grpcpp/create_channel.h>
#include <unistd.h>

#include <format>
#include <memory>
#include <string>
#include <thread>

#include "catch2/catch_test_macros.hpp"
#include "cosi/resource/state.grpc.pb.h"
#include "lib/base/clock.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/store.h"
#include "lib/state/state_service.h"

namespace ichor::state {
namespace {

// A service on a thread of its own, since gRPC's client blocks.
class ServiceThread {
 public:
  ServiceThread()
      : thread_([this] {
          loop_->Run();
          server_.reset();  // here, since a connection that is still open has timers of the loop
        }) {}
  ~ServiceThread() {
    loop_->Stop();
    thread_.join();
    unlink(path_.c_str());
  }
  ServiceThread(const ServiceThread&) = delete;
  ServiceThread& operator=(const ServiceThread&) = delete;

  std::unique_ptr<cosi::resource::State::Stub> NewStub() const {
    return cosi::resource::State::NewStub(
        grpc::CreateChannel("unix:" + path_, grpc::InsecureChannelCredentials()));
  }

 private:
  const std::string path_ = std::format("/tmp/grpc_client_test.{}", getpid());
  const base::RealClock clock_;
  const std::unique_ptr<Loop> loop_ = *Loop::Create(clock_);
  Store store_{clock_};
  StateService service_{*loop_, store_, clock_, {.handlers = {.typing = SpecTyping::kOpaque}}};
  std::unique_ptr<rpc::Server> server_ = [this] {
    std::unique_ptr<rpc::Server> server = *rpc::Server::Create(*loop_, {.path = path_});
    service_.Serve(*server);
    return server;
  }();
  std::thread thread_;
};

cosi::resource::CreateRequest NewRow(const std::string& id, size_t size_bytes) {
  cosi::resource::CreateRequest request;
  cosi::resource::Metadata& metadata = *request.mutable_resource()->mutable_metadata();
  metadata.set_namespace_("default");
  metadata.set_type("Tests.test.ichor.dev");
  metadata.set_id(id);
  metadata.set_version("undefined");
  metadata.set_phase("running");
  request.mutable_resource()->mutable_spec()->set_proto_spec(std::string(size_bytes, 'p'));
  return request;
}

}  // namespace

TEST_CASE("grpc client: creates, lists and watches large and small resources") {
  const ServiceThread service;
  const auto stub = service.NewStub();
  for (int i = 0; i < 10; ++i) {
    grpc::ClientContext context;
    cosi::resource::CreateResponse response;
    REQUIRE(
        stub->Create(&context, NewRow(std::format("row-{}", i), i == 5 ? 3'000'000 : 10), &response)
            .ok());
    CHECK(response.resource().metadata().version() == "1");
  }

  grpc::ClientContext list_context;
  cosi::resource::ListRequest list;
  list.set_namespace_("default");
  list.set_type("Tests.test.ichor.dev");
  const auto rows = stub->List(&list_context, list);
  cosi::resource::ListResponse row;
  int count = 0;
  while (rows->Read(&row)) {
    CHECK(row.resource().metadata().id() == std::format("row-{}", count++));
  }
  CHECK(rows->Finish().ok());
  CHECK(count == 10);

  grpc::ClientContext watch_context;
  cosi::resource::WatchRequest watch;
  watch.set_namespace_("default");
  watch.set_type("Tests.test.ichor.dev");
  watch.set_api_version(1);
  const auto events = stub->Watch(&watch_context, watch);
  cosi::resource::WatchResponse event;
  REQUIRE(events->Read(&event));
  CHECK(event.event_size() == 0);  // the watch stands
  grpc::ClientContext create_context;
  cosi::resource::CreateResponse created;
  REQUIRE(stub->Create(&create_context, NewRow("late", 10), &created).ok());
  REQUIRE(events->Read(&event));
  CHECK(event.event(0).resource().metadata().id() == "late");
  watch_context.TryCancel();
  CHECK(events->Finish().error_code() == grpc::StatusCode::CANCELLED);
}

TEST_CASE("grpc client: errors come with the code and the whole message") {
  const ServiceThread service;
  const auto stub = service.NewStub();
  grpc::ClientContext context;
  cosi::resource::GetRequest request;
  request.set_namespace_("ns");
  request.set_type("T");
  request.set_id("100 % ünïcode");
  cosi::resource::GetResponse response;
  const grpc::Status status = stub->Get(&context, request, &response);
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(status.error_message() == "resource T(ns/100 % ünïcode@undefined) doesn't exist");
}

}  // namespace ichor::state
