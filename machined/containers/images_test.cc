#include "machined/containers/images.h"

#include <unistd.h>

#include <chrono>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "containerd/streaming.pb.h"
#include "containerd/transfer.pb.h"
#include "containerd/transfer_types.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

namespace types = containerd::types::transfer;

// containerd with a registry that wants to know who pulls.
struct FakeContainerd {
  // Where containerd asks.
  struct Asking : rpc::Call {
    Asking(FakeContainerd& owner, rpc::Stream& on) : fake(owner), stream(on) {}
    ~Asking() override { fake.asking = nullptr; }
    void OnMessage(std::string message) override {
      google::protobuf::Any any;
      REQUIRE(any.ParseFromString(message));
      if (fake.stream_id.empty()) {
        CHECK(any.type_url() == "containerd.services.streaming.v1.StreamInit");
        containerd::services::streaming::v1::StreamInit init;
        REQUIRE(init.ParseFromString(any.value()));
        fake.stream_id = init.id();
        fake.asking = this;
        stream.Send(Packed(google::protobuf::Empty()).SerializeAsString());
        return;
      }
      CHECK(any.type_url() == "containerd.types.transfer.AuthResponse");
      types::AuthResponse response;
      REQUIRE(response.ParseFromString(any.value()));
      fake.answers.push_back(std::format("{} {} {}", types::AuthType_Name(response.authtype()),
                                         response.username(), response.secret()));
      fake.Continue();
    }
    void OnEnd(const absl::Status& /*status*/) override {}
    FakeContainerd& fake;
    rpc::Stream& stream;
  };

  // The pull, which goes on as answers come.
  struct Pulling : rpc::Call {
    Pulling(FakeContainerd& owner, rpc::Stream& on) : fake(owner), stream(on) {}
    ~Pulling() override { fake.pulling = nullptr; }
    void OnMessage(std::string message) override {
      containerd::services::transfer::v1::TransferRequest request;
      REQUIRE(request.ParseFromString(message));
      types::OCIRegistry source;
      REQUIRE(source.ParseFromString(request.source().value()));
      CHECK(source.resolver().auth_stream() == fake.stream_id);
      fake.pulling = this;
      fake.Continue();
    }
    void OnEnd(const absl::Status& /*status*/) override {}
    FakeContainerd& fake;
    rpc::Stream& stream;
  };

  FakeContainerd() {
    auto made = rpc::Server::Create(*t.loop, {.path = path});
    REQUIRE_THAT(made, base::IsOk());
    server = *std::move(made);
    server->Handle("/containerd.services.streaming.v1.Streaming/Stream",
                   [this](rpc::Stream& on) { return std::make_unique<Asking>(*this, on); });
    server->Handle("/containerd.services.transfer.v1.Transfer/Transfer",
                   [this](rpc::Stream& on) { return std::make_unique<Pulling>(*this, on); });
  }
  ~FakeContainerd() { unlink(path.c_str()); }

  void Continue() {
    if (stream_id.empty() || answers.size() == hosts.size()) {
      pulling->stream.Send(google::protobuf::Empty().SerializeAsString());
      pulling->stream.Finish(absl::OkStatus());
      return;
    }
    types::AuthRequest request;
    request.set_host(hosts[answers.size()]);
    asking->stream.Send(Packed(request).SerializeAsString());
  }

  absl::Status Pull(const RegistryLogins& logins) {
    auto containerd = Containerd::Connect(*t.loop, path, "system");
    REQUIRE_THAT(containerd, base::IsOk());
    absl::Status ended = absl::UnknownError("no answer");
    PullImage(**containerd, "r.io/a:1", logins,
              [&ended](const absl::StatusOr<bool>& pulled) { ended = pulled.status(); });
    for (int i = 0; i < 50; ++i) {
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      t.Settle();
    }
    closed = asking == nullptr;
    return ended;
  }

  TestRuntime t;
  std::string path = std::format("/tmp/ichor-images-{}", getpid());
  std::unique_ptr<rpc::Server> server;
  std::vector<std::string> hosts = {"r.io", "mirror.io", "t.io"};  // that it asks for
  std::vector<std::string> answers;
  std::string stream_id;
  Asking* asking = nullptr;
  Pulling* pulling = nullptr;
  bool closed = false;
};

}  // namespace

TEST_CASE("images: each registry learns its own login, and others that there is none") {
  FakeContainerd fake;
  CHECK_THAT(fake.Pull({{"r.io", {.username = "u", .password = "p", .identity_token = ""}},
                        {"t.io", {.username = "", .password = "", .identity_token = "t"}}}),
             base::IsOk());
  CHECK(fake.answers == std::vector<std::string>{"CREDENTIALS u p", "NONE  ", "REFRESH  t"});
  CHECK(fake.closed);
}

TEST_CASE("images: without logins nobody is asked for them") {
  FakeContainerd fake;
  CHECK_THAT(fake.Pull({}), base::IsOk());
  CHECK(fake.stream_id.empty());
}

}  // namespace ichor
