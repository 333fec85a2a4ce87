#include "qemu-tests/node_api.h"

#include <sys/epoll.h>

#include <algorithm>
#include <format>
#include <optional>
#include <utility>

#include "common/common.pb.h"
#include "cosi/resource/state.pb.h"
#include "lib/state/follower.h"

namespace ichor::qemu {
namespace {

// An attempt ends after this, twice as long each time: what was sent before the node listened is
// lost, and nobody says so.
constexpr std::chrono::nanoseconds kFirstAttempt = std::chrono::seconds(3);
constexpr std::chrono::nanoseconds kLongestAttempt = std::chrono::seconds(30);
constexpr std::chrono::nanoseconds kPause = std::chrono::milliseconds(200);

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

// The one element of a unary answer.
template <class Reply>
absl::StatusOr<Reply> Parse(const absl::StatusOr<std::vector<std::string>>& messages) {
  RETURN_IF_ERROR(messages.status());
  Reply reply;
  if (messages->size() != 1 || !reply.ParseFromString(messages->front())) {
    return absl::DataLossError(std::format("no valid {}", Reply::descriptor()->full_name()));
  }
  if (reply.messages_size() != 1) {
    return absl::DataLossError(std::format("{} answers", reply.messages_size()));
  }
  return reply;
}

template <class Rows>
auto Elements(const Rows& rows) {
  return std::vector<typename Rows::value_type>(rows.begin(), rows.end());
}

}  // namespace

absl::StatusOr<std::unique_ptr<NodeApi>> NodeApi::Create(std::uint16_t port, int machine) {
  static const base::RealClock kClock;
  ASSIGN_OR_RETURN(std::unique_ptr<Loop> loop, Loop::Create(kClock));
  std::unique_ptr<NodeApi> api(new NodeApi(std::move(loop), port, machine));
  RETURN_IF_ERROR(api->loop_->poller().Add(machine, EPOLLIN,
                                           [gone = &api->gone_](std::uint32_t) { *gone = true; }));
  return api;
}

NodeApi::NodeApi(std::unique_ptr<Loop> loop, std::uint16_t port, int machine)
    : loop_(std::move(loop)), port_(port), machine_(machine) {}

NodeApi::~NodeApi() {
  loop_->poller().Remove(machine_);
}

void NodeApi::UseIdentity(rpc::TlsClientOptions identity) {
  identity_ = std::move(identity);
  client_.reset();
}

void NodeApi::UseMetadata(rpc::Metadata metadata) {
  metadata_ = std::move(metadata);
  client_.reset();
}

absl::StatusOr<std::unique_ptr<rpc::Client>> NodeApi::Connect() {
  ASSIGN_OR_RETURN(auto context, rpc::NewTlsClientContext(identity_));
  ASSIGN_OR_RETURN(auto client, rpc::Client::ConnectTls(*loop_, std::format("127.0.0.1:{}", port_),
                                                        std::move(context)));
  client->SetMetadata(metadata_);
  return client;
}

// Runs the loop until `done`.
absl::Status NodeApi::Drive(const std::function<bool()>& done, base::MonotonicTime until) {
  while (!done()) {
    const base::MonotonicTime now = clock_.Monotonic();
    if (gone_) {
      return absl::AbortedError("the machine ended");
    }
    if (now >= until) {
      return absl::DeadlineExceededError("no answer");
    }
    const base::MonotonicTime next = std::min(loop_->NextTimer().value_or(until), until);
    loop_->poller().Wait(std::max(next - now, std::chrono::nanoseconds(0)));
    while (loop_->RunReady()) {
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> NodeApi::Attempt(const std::string& path,
                                                          const std::string& request,
                                                          base::MonotonicTime until) {
  if (client_ == nullptr || client_->closed()) {
    client_.reset();
    ASSIGN_OR_RETURN(client_, Connect());
  }
  struct Answer {
    std::vector<std::string> messages;
    bool ended = false;
    absl::Status end;
  };
  const auto answer = std::make_shared<Answer>();  // calls of an attempt given up end later
  client_->ServerStream(
      path, request,
      [answer](std::string message) { answer->messages.push_back(std::move(message)); },
      [answer](const absl::Status& status) {
        answer->ended = true;
        answer->end = status;
      });
  if (absl::Status driven = Drive([&] { return answer->ended; }, until); !driven.ok()) {
    client_.reset();
    return driven;
  }
  RETURN_IF_ERROR(answer->end);
  return std::move(answer->messages);
}

absl::StatusOr<std::vector<std::string>> NodeApi::Call(const std::string& path,
                                                       const std::string& request) {
  const base::MonotonicTime until = clock_.Monotonic() + patience_;
  for (auto time = kFirstAttempt;; time = std::min(2 * time, kLongestAttempt)) {
    auto answer = Attempt(path, request, std::min(until, clock_.Monotonic() + time));
    if (answer.ok()) {
      return answer;
    }
    if (!MayPass(answer.status()) || clock_.Monotonic() >= until) {
      return base::Annotate(answer.status(), path);
    }
    const absl::Status paused = Drive([] { return false; }, clock_.Monotonic() + kPause);
    if (!MayPass(paused)) {
      return base::Annotate(paused, path);
    }
  }
}

absl::StatusOr<std::vector<std::string>> NodeApi::CallOnce(const std::string& path,
                                                           const std::string& request) {
  RETURN_IF_ERROR(VersionTag().status());  // makes sure that somebody listens
  return Attempt(path, request, clock_.Monotonic() + patience_);
}

absl::StatusOr<machine::ApplyConfiguration> NodeApi::Apply(
    const std::string& config, machine::ApplyConfigurationRequest::Mode mode) {
  machine::ApplyConfigurationRequest request;
  request.set_data(config);
  request.set_mode(mode);
  ASSIGN_OR_RETURN(const auto reply,
                   Parse<machine::ApplyConfigurationResponse>(CallOnce(
                       "/machine.MachineService/ApplyConfiguration", request.SerializeAsString())));
  return reply.messages(0);
}

absl::Status NodeApi::Follow(Store& store, const Kind& kind, const Holds& holds,
                             base::MonotonicTime until) {
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Client> client, Connect());
  bool complete = false;
  std::optional<absl::Status> broken;
  state::Follower follower(
      *client, store, kind, [&](const absl::Status& status) { broken = status; },
      [&] { complete = true; });
  const auto now = [&] { return complete && holds(store.List(kind.ns, kind.type)); };
  absl::Status driven = Drive([&] { return broken.has_value() || complete; },
                              std::min(until, clock_.Monotonic() + kLongestAttempt));
  if (driven.ok()) {
    driven = Drive([&] { return broken.has_value() || now(); }, until);
  }
  const bool found = driven.ok() && now();
  client.reset();  // before the follower that it calls
  if (found) {
    return absl::OkStatus();
  }
  return driven.ok() ? broken.value_or(absl::UnavailableError("the rows changed")) : driven;
}

absl::StatusOr<Snapshot> NodeApi::WaitForRows(const Kind& kind, const std::string& what,
                                              const Holds& holds) {
  const base::MonotonicTime until = clock_.Monotonic() + patience_;
  RETURN_IF_ERROR(VersionTag().status());  // makes sure that somebody listens
  Store store(clock_);
  while (true) {
    absl::Status status = Follow(store, kind, holds, until);
    if (status.ok()) {
      return store.List(kind.ns, kind.type);
    }
    if (MayPass(status) && clock_.Monotonic() < until) {
      status = Drive([] { return false; }, clock_.Monotonic() + kPause);
    }
    if (!MayPass(status) || clock_.Monotonic() >= until) {
      return absl::Status(status.code(),
                          std::format("wait for {} of {}: {}\n{}", what, ToString(kind),
                                      base::MessageOf(status), Yaml(kind).value_or("")));
    }
  }
}

absl::Status NodeApi::StaysUpUntil(base::MonotonicTime time) {
  const absl::Status waited = Drive([] { return false; }, time);
  return absl::IsDeadlineExceeded(waited) ? VersionTag().status() : waited;
}

absl::StatusOr<std::string> NodeApi::VersionTag() {
  ASSIGN_OR_RETURN(const auto reply,
                   Parse<machine::VersionResponse>(Call("/machine.MachineService/Version", "")));
  return reply.messages(0).version().tag();
}

absl::StatusOr<std::vector<machine::ProcessInfo>> NodeApi::Processes() {
  ASSIGN_OR_RETURN(const auto reply, Parse<machine::ProcessesResponse>(
                                         Call("/machine.MachineService/Processes", "")));
  return Elements(reply.messages(0).processes());
}

absl::StatusOr<std::vector<machine::ServiceInfo>> NodeApi::Services() {
  ASSIGN_OR_RETURN(const auto reply, Parse<machine::ServiceListResponse>(
                                         Call("/machine.MachineService/ServiceList", "")));
  return Elements(reply.messages(0).services());
}

absl::StatusOr<std::vector<machine::MountStat>> NodeApi::Mounts() {
  ASSIGN_OR_RETURN(const auto reply,
                   Parse<machine::MountsResponse>(Call("/machine.MachineService/Mounts", "")));
  return Elements(reply.messages(0).stats());
}

absl::StatusOr<std::string> NodeApi::Text(const std::string& path, const std::string& request) {
  ASSIGN_OR_RETURN(const std::vector<std::string> messages, Call(path, request));
  std::string text;
  common::Data data;
  for (const std::string& message : messages) {
    if (!data.ParseFromString(message)) {
      return absl::DataLossError(path + ": no valid data");
    }
    text += data.bytes();
  }
  return text;
}

absl::StatusOr<std::string> NodeApi::Dmesg() {
  return Text("/machine.MachineService/Dmesg", "");
}

absl::StatusOr<std::string> NodeApi::Logs(const std::string& service) {
  machine::LogsRequest request;
  request.set_namespace_("system");
  request.set_id(service);
  request.set_tail_lines(-1);
  return Text("/machine.MachineService/Logs", request.SerializeAsString());
}

absl::StatusOr<std::string> NodeApi::Yaml(const Kind& kind) {
  cosi::resource::ListRequest request;
  request.set_namespace_(kind.ns);
  request.set_type(kind.type);
  ASSIGN_OR_RETURN(const std::vector<std::string> messages,
                   Call("/cosi.resource.State/List", request.SerializeAsString()));
  std::string text;
  cosi::resource::ListResponse row;
  for (const std::string& message : messages) {
    if (!row.ParseFromString(message)) {
      return absl::DataLossError(ToString(kind) + ": no valid row");
    }
    text += std::format("# {} {}\n{}\n", kind.type, row.resource().metadata().id(),
                        row.resource().spec().yaml_spec());
  }
  return text;
}

}  // namespace ichor::qemu
