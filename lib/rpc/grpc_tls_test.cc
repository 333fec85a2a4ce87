// gRPC C++'s own client against a server of ours with TLS.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <format>
#include <memory>
#include <string>
#include <thread>

#include "catch2/catch_test_macros.hpp"
#include "cosi/resource/state.grpc.pb.h"
#include "lib/base/clock.h"
#include "lib/pki/certificate.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"

namespace ichor::rpc {
namespace {

pki::Statement Wish(bool ca) {
  return {.common_name = ca ? "ca" : "node",
          .dns_names = {"node.example"},
          .ca = ca,
          .for_servers = true,
          .for_clients = ca,
          .not_before = base::RealClock().Now(),
          .lifetime = std::chrono::hours(24)};
}

// A server on a thread of its own, since gRPC's client blocks.
class ServerThread {
 public:
  ServerThread() {
    server_->Handle("/cosi.resource.State/Get", [](Stream& stream) {
      return UnaryCall(stream, [](std::string_view bytes) -> absl::StatusOr<std::string> {
        cosi::resource::GetRequest request;
        request.ParseFromString(std::string(bytes));
        if (request.id() == "none") {
          return absl::NotFoundError("not here");
        }
        cosi::resource::GetResponse response;
        response.mutable_resource()->mutable_metadata()->set_id(request.id());
        return response.SerializeAsString();
      });
    });
    thread_ = std::thread([this] {
      loop_->Run();
      server_.reset();  // here, since a connection that is still open has timers of the loop
    });
  }
  ~ServerThread() {
    loop_->Stop();
    thread_.join();
  }
  ServerThread(const ServerThread&) = delete;
  ServerThread& operator=(const ServerThread&) = delete;

  std::unique_ptr<cosi::resource::State::Stub> NewStub() const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ca_.ToPem();
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("node.example");
    arguments.SetMaxReceiveMessageSize(-1);
    return cosi::resource::State::NewStub(grpc::CreateCustomChannel(
        std::format("127.0.0.1:{}", *server_->Port()), grpc::SslCredentials(options), arguments));
  }

 private:
  const pki::Key ca_key_ = *pki::Key::GenerateEd25519();
  const pki::Certificate ca_ = *pki::SelfSign(Wish(true), ca_key_);
  const pki::Key key_ = *pki::Key::GenerateEd25519();
  const pki::Certificate certificate_ = *pki::Sign(Wish(false), key_, ca_, ca_key_);
  const base::RealClock clock_;
  const std::unique_ptr<Loop> loop_ = *Loop::Create(clock_);
  std::unique_ptr<Server> server_ =
      *Server::CreateTls(*loop_, clock_,
                         {.address = "127.0.0.1:0",
                          .context = *NewTlsServerContext(
                              {.certificate_pem = certificate_.ToPem(), .key_pem = key_.ToPem()})});
  std::thread thread_;
};

}  // namespace

TEST_CASE("grpc tls: gRPC's client verifies us, asks and is answered") {
  const ServerThread server;
  const auto stub = server.NewStub();
  for (const size_t size : {size_t{1}, size_t{10'000'000}}) {
    grpc::ClientContext context;
    context.AddMetadata("node", "x");
    cosi::resource::GetRequest request;
    request.set_id(std::string(size, 'i'));
    cosi::resource::GetResponse response;
    const grpc::Status status = stub->Get(&context, request, &response);
    INFO(status.error_message());
    REQUIRE(status.ok());
    CHECK(response.resource().metadata().id() == request.id());
  }
}

TEST_CASE("grpc tls: errors come with code and message") {
  std::unique_ptr<cosi::resource::State::Stub> stub;  // its connection is open when the server ends
  const ServerThread server;
  stub = server.NewStub();
  grpc::ClientContext context;
  cosi::resource::GetRequest request;
  request.set_id("none");
  cosi::resource::GetResponse response;
  const grpc::Status status = stub->Get(&context, request, &response);
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(status.error_message() == "not here");
}

}  // namespace ichor::rpc
