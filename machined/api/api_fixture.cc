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

absl::StatusOr<std::string> FakeControl::Shutdown(bool force) {
  asked = force ? "shutdown, by force" : "shutdown";
  return "actor";
}

absl::Status FakeAccess::Authorize(std::string_view method, const rpc::Stream& /*stream*/) {
  return method == denied ? absl::PermissionDeniedError("not authorized") : absl::OkStatus();
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
                      .kernel_log = kernel_log,
                      .logs = logs,
                      .events = events,
                      .services = services,
                      .control = control,
                      .access = access}) {
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

}  // namespace ichor::api
