#include "machined/api/api_fixture.h"

#include <unistd.h>

#include <chrono>
#include <format>
#include <optional>
#include <utility>

#include "lib/runtime/definitions.h"

namespace ichor::api {
namespace {

absl::Status NoService(std::string_view id) {
  return absl::NotFoundError(std::format("no service \"{}\"", id));
}

// Keeps what comes.
struct Receiving : rpc::Call {
  explicit Receiving(std::shared_ptr<Received> received) : received_(std::move(received)) {}
  void OnMessage(std::string message) override {
    received_->messages.push_back(std::move(message));
  }
  void OnEnd(const absl::Status& status) override {
    received_->status = status;
    received_->over = true;
  }

 private:
  const std::shared_ptr<Received> received_;
};

}  // namespace

absl::StatusOr<std::string> FakeServices::Start(std::string_view id) {
  return NoService(id);
}

absl::StatusOr<std::string> FakeServices::Stop(std::string_view id) {
  return NoService(id);
}

absl::StatusOr<std::string> FakeServices::Restart(std::string_view id) {
  return std::format("service \"{}\" is restarted", id);
}

absl::StatusOr<std::string> FakeControl::Reboot(machine::RebootRequest::Mode mode) {
  asked = "reboot " + machine::RebootRequest::Mode_Name(mode);
  return "actor";
}

absl::StatusOr<std::string> FakeControl::Reset(const machine::ResetRequest& request) {
  asked = request.reboot() ? "reset, then reboot" : "reset";
  return "actor";
}

absl::StatusOr<std::string> FakeControl::Shutdown(bool force) {
  asked = force ? "shutdown, by force" : "shutdown";
  return "actor";
}

void FakeConfig::Apply(ApplyRequest request, ApplyDone done) {
  asked = std::move(request);
  done(answer);
}

absl::StatusOr<ConfigPlan> FakeConfig::Plan(const ApplyRequest& request) {
  asked = request;
  return ConfigPlan{.changes = {"machine.type: worker -> controlplane"},
                    .reboot_reasons = {"machine.type changes"}};
}

void FakeContainers::List(const ContainerScope& scope,
                          Done<std::vector<machine::ContainerInfo>> done) {
  asked = scope.name_space + (scope.by_pods ? " by pods" : "");
  machine::ContainerInfo info;
  info.set_id("etcd");
  done(answer.ok() ? absl::StatusOr<std::vector<machine::ContainerInfo>>({info}) : answer);
}

void FakeContainers::Stats(const ContainerScope& scope, Done<std::vector<machine::Stat>> done) {
  asked = scope.name_space + (scope.by_pods ? " by pods" : "");
  machine::Stat stat;
  stat.set_id("etcd");
  stat.set_memory_usage(7);
  done(std::vector{stat});
}

void FakeContainers::Images(const std::string& name_space,
                            Done<std::vector<machine::ImageServiceListResponse>> done) {
  asked = name_space;
  machine::ImageServiceListResponse image;
  image.set_name("etcd:1");
  image.set_size(7);
  done(std::vector{image});
}

void FakeContainers::Pull(const std::string& name_space, const std::string& image,
                          Done<std::string> done) {
  asked = name_space + " pull " + image;
  done(answer.ok() ? absl::StatusOr<std::string>(image + "@sha256:1") : answer);
}

std::unique_ptr<ImageImport> FakeContainers::Import(const std::string& name_space,
                                                    std::function<void()> on_room,
                                                    Done<std::string> done) {
  struct FakeImport : ImageImport {
    FakeImport(FakeContainers& owner, Done<std::string> when_done)
        : fake(owner), done(std::move(when_done)) {}
    ~FakeImport() override { fake.go_on = nullptr; }
    void Write(std::string bytes) override { fake.imported += bytes; }
    bool full() const override { return fake.full; }
    void End() override {
      done(fake.answer.ok() ? absl::StatusOr<std::string>("etcd:1") : fake.answer);
    }
    FakeContainers& fake;
    Done<std::string> done;
  };
  asked = name_space + " import";
  go_on = std::move(on_room);
  return std::make_unique<FakeImport>(*this, std::move(done));
}

void FakeContainers::Remove(const std::string& name_space, const std::string& image,
                            Done<bool> done) {
  asked = name_space + " remove " + image;
  done(answer.ok() ? absl::StatusOr<bool>(true) : answer);
}

void FakeContainers::LogFile(const std::string& id, Done<std::string> done) {
  asked = "log of " + id;
  done(answer.ok() ? absl::StatusOr<std::string>("/log") : answer);
}

void FakeContainers::Restart(const ContainerScope& scope, const std::string& id, Done<bool> done) {
  asked = scope.name_space + " restart " + id;
  done(answer.ok() ? absl::StatusOr<bool>(true) : answer);
}

void FakeEtcd::Bootstrap(const BootstrapWish& wish, Done done) {
  asked = wish;
  done(answer);
}

absl::StatusOr<std::shared_ptr<EtcdSession>> FakeEtcd::Open() {
  if (open == nullptr) {
    return absl::UnavailableError("etcd does not run: waits for a test");
  }
  return open();
}

absl::StatusOr<std::shared_ptr<EtcdSession>> FakeEtcd::OpenMember(const std::string& url) {
  return absl::UnavailableError("no etcd at " + url);
}

void FakeEtcd::Leave(Done done) {
  left = true;
  done(absl::OkStatus());
}

absl::Status FakeAccess::Authorize(std::string_view method, const rpc::Stream& stream) {
  last = &stream;
  if (instead != nullptr) {
    return instead->Authorize(method, stream);
  }
  return method == denied ? absl::PermissionDeniedError("not authorized") : absl::OkStatus();
}

bool FakeAccess::IsAdmin(const rpc::Stream& stream) {
  return instead != nullptr ? instead->IsAdmin(stream) : admin;
}

ApiFixture::ApiFixture()
    : path_(std::format("/tmp/api_test.{}", getpid())),
      api_(ApiContext{.loop = *t.loop,
                      .runtime = t.runtime,
                      .store = t.store,
                      .clock = t.clock,
                      .workers = t.executor,
                      .kernel = t.kernel,
                      .files = files,
                      .tree = files,
                      .kernel_log = kernel_log,
                      .captures = captures,
                      .block_devices = disks,
                      .eraser = eraser,
                      .on_disks_changed = [this] { ++disks_changed; },
                      .logs = logs,
                      .events = events,
                      .meta = meta,
                      .services = services,
                      .control = control,
                      .access = access,
                      .config = config,
                      .etcd = etcd,
                      .cluster_worker = t.executor,
                      .new_api =
                          [this](const kube::Access&) {
                            return std::make_unique<kube::FakeConnection>(cluster);
                          },

                      .containers = containers,
                      .memory_containers = memory_containers}) {
  PublishDefinitions(t.store);
  server_ = *rpc::Server::Create(*t.loop, {.path = path_});
  api_.Serve(*server_);
  client_ = *rpc::Client::Connect(*t.loop, path_);
}

ApiFixture::~ApiFixture() {
  client_.reset();
  server_.reset();
  unlink(path_.c_str());
}

void ApiFixture::Turn() {
  for (int quiet = 0; quiet < 3; ++quiet) {
    t.loop->poller().Wait(std::chrono::nanoseconds(0));
    while (t.loop->RunReady() || t.executor.RunOne()) {
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      quiet = 0;
    }
  }
}

absl::StatusOr<std::string> ApiFixture::Ask(const std::string& method, const std::string& request) {
  std::optional<absl::StatusOr<std::string>> answer;
  client_->Unary(method, request,
                 [&](absl::StatusOr<std::string> reply) { answer = std::move(reply); });
  for (int turn = 0; turn < 100 && !answer.has_value(); ++turn) {
    Turn();
  }
  if (!answer.has_value()) {
    return absl::DeadlineExceededError("no answer");
  }
  return *std::move(answer);
}

std::shared_ptr<Received> ApiFixture::Open(const std::string& method, const std::string& request) {
  auto received = std::make_shared<Received>();
  client_->ServerStream(
      method, request,
      [received](std::string message) { received->messages.push_back(std::move(message)); },
      [received](absl::Status status) {
        received->status = std::move(status);
        received->over = true;
      });
  Turn();
  return received;
}

std::shared_ptr<Received> ApiFixture::OpenUnread(const std::string& method,
                                                 const std::string& request) {
  auto received = std::make_shared<Received>();
  client_->Open(method, {}, [&](rpc::Stream& stream) {
    stream.Send(request);
    stream.CloseSending();
    stream.HoldReading();
    return std::make_unique<Receiving>(received);
  });
  Turn();
  return received;
}

std::shared_ptr<Received> ApiFixture::Send(const std::string& method,
                                           const std::vector<std::string>& messages) {
  auto received = std::make_shared<Received>();
  client_->Open(method, {}, [&](rpc::Stream& stream) {
    for (const std::string& message : messages) {
      stream.Send(message);
    }
    stream.CloseSending();
    return std::make_unique<Receiving>(received);
  });
  Turn();
  return received;
}

void ApiFixture::Disconnect() {
  client_.reset();
  Turn();
}

}  // namespace ichor::api
