#include "machined/services/health_checker.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <format>
#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "lib/base/status.h"
#include "lib/sys/loopback_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor {
namespace {

// What a server's answer to the question for its health means.
absl::Status HealthOf(const absl::StatusOr<std::string>& reply) {
  RETURN_IF_ERROR(reply.status());
  grpc::health::v1::HealthCheckResponse response;
  if (!response.ParseFromString(*reply)) {
    return absl::InternalError("the answer for its health makes no sense");
  }
  return response.status() == grpc::health::v1::HealthCheckResponse::SERVING
             ? absl::OkStatus()
             : absl::UnavailableError("it says that it does not serve");
}

// What the beginning of an HTTP server's answer means: "HTTP/1.1 200 OK".
absl::Status HealthOfHttp(std::string_view answer) {
  constexpr size_t kCode = 9;  // after "HTTP/1.1 "
  if (!answer.starts_with("HTTP/1.") || answer.size() < kCode + 3) {
    return absl::InternalError("it does not answer as an HTTP server does");
  }
  const std::string_view code = answer.substr(kCode, 3);
  return code == "200" ? absl::OkStatus()
                       : absl::UnavailableError(std::format("it answers with {}", code));
}

}  // namespace

using services::ProcessStatus;
using services::ServiceDefinition;
using services::ServiceHealth;

std::chrono::nanoseconds PauseOfUnwell(std::chrono::nanoseconds unwell) {
  constexpr int kPart = 8;
  return std::clamp<std::chrono::nanoseconds>(unwell / kPart, HealthChecker::kSoon,
                                              HealthChecker::kPeriod);
}

HealthChecker::HealthChecker(Loop& loop, Runtime& runtime, const base::Clock& clock)
    : loop_(loop), runtime_(runtime), clock_(clock) {
  Publish();
}

void HealthChecker::OnSettled() {
  if (Refresh()) {
    Publish();
  }
}

// Brings the subjects in line with what runs. True if one went.
bool HealthChecker::Refresh() {
  const All<ProcessStatus> processes = runtime_.Read<ProcessStatus>();
  const All<ServiceDefinition> definitions = runtime_.Read<ServiceDefinition>();
  bool changed = false;
  for (auto it = subjects_.begin(); it != subjects_.end();) {
    const auto process = processes.find(it->first);
    if (process != processes.end() && process->spec().pid() == it->second.pid &&
        definitions.find(it->first) != definitions.end()) {
      ++it;
      continue;
    }
    Drop(it->second);
    it = subjects_.erase(it);
    changed = true;
  }
  for (const auto& row : definitions) {
    const auto process = processes.find(row.id());
    const bool asked = row.spec().has_health() && !row.spec().health().stated();
    if (asked && process != processes.end() && process->spec().pid() != 0 &&
        !subjects_.contains(row.id())) {
      Watch(row.id(), process->spec().pid(), row.spec());
    }
  }
  return changed;
}

void HealthChecker::Watch(const std::string& id, std::int32_t pid,
                          const ServiceDefinition::Spec& definition) {
  Subject& subject = subjects_[id];
  subject.pid = pid;
  subject.definition = definition;
  Later(id, subject, std::chrono::milliseconds(10), &HealthChecker::Check);
}

void HealthChecker::Drop(Subject& subject) {
  if (subject.attempt.ok()) {
    loop_.poller().Remove(subject.attempt.get());
    subject.attempt.Reset();
  }
  subject.client.reset();
  subject.answered.reset();
  if (const auto timer = std::exchange(subject.timer, std::nullopt); timer.has_value()) {
    loop_.Cancel(*timer);
  }
}

void HealthChecker::Check(const std::string& id) {
  Subject& subject = subjects_.at(id);
  const std::string& path = subject.definition.health().unix_socket();
  if (path.empty()) {
    CheckPort(id, subject);
  } else if (subject.definition.health().grpc()) {
    CheckGrpc(id, subject);
  } else {
    Answer(id, sys::ProbeUnix(path));
  }
}

void HealthChecker::CheckPort(const std::string& id, Subject& subject) {
  absl::StatusOr<base::UniqueFd> fd = sys::StartConnectLoopback(
      static_cast<std::uint16_t>(subject.definition.health().local_port()));
  if (!fd.ok()) {
    Answer(id, fd.status());
    return;
  }
  subject.attempt = *std::move(fd);
  const absl::Status added = loop_.poller().Add(subject.attempt.get(), EPOLLOUT,
                                                [this, id](std::uint32_t) { OnConnected(id); });
  if (!added.ok()) {
    Answer(id, added);
    return;
  }
  Later(id, subject, kTimeout, &HealthChecker::GiveUp);
}

// Asks, where there is something to ask; that the connection stands is else enough.
void HealthChecker::OnConnected(const std::string& id) {
  Subject& subject = subjects_.at(id);
  const int fd = subject.attempt.get();
  const std::string& path = subject.definition.health().http_path();
  const absl::Status connected = sys::ConnectResult(fd);
  if (!connected.ok() || path.empty()) {
    Answer(id, connected);
    return;
  }
  const std::string request =
      std::format("GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
  if (const auto sent = sys::WriteSome(fd, request.data(), request.size()); !sent.ok()) {
    Answer(id, sent.status());
    return;
  }
  loop_.poller().Remove(fd);
  const absl::Status added =
      loop_.poller().Add(fd, EPOLLIN, [this, id](std::uint32_t) { OnAnswer(id); });
  if (!added.ok()) {
    Answer(id, added);
  }
}

void HealthChecker::OnAnswer(const std::string& id) {
  std::array<char, 64> answer{};
  const auto size = sys::ReadSome(subjects_.at(id).attempt.get(), answer.data(), answer.size());
  Answer(id, size.ok() ? HealthOfHttp({answer.data(), *size}) : size.status());
}

void HealthChecker::CheckGrpc(const std::string& id, Subject& subject) {
  absl::StatusOr<std::unique_ptr<rpc::Client>> client =
      rpc::Client::Connect(loop_, subject.definition.health().unix_socket());
  if (!client.ok()) {
    Answer(id, client.status());
    return;
  }
  subject.client = *std::move(client);
  Later(id, subject, kAnswerTimeout, &HealthChecker::GiveUp);
  subject.client->Unary("/grpc.health.v1.Health/Check",
                        grpc::health::v1::HealthCheckRequest().SerializeAsString(),
                        [this, id](const absl::StatusOr<std::string>& reply) { Heard(id, reply); });
}

// From within the client, which must not be deleted there: what follows is done by a timer.
void HealthChecker::Heard(const std::string& id, const absl::StatusOr<std::string>& reply) {
  const auto subject = subjects_.find(id);
  if (subject == subjects_.end() || subject->second.client == nullptr) {
    return;  // it is being dropped
  }
  subject->second.answered = HealthOf(reply);
  if (const auto timer = std::exchange(subject->second.timer, std::nullopt); timer.has_value()) {
    loop_.Cancel(*timer);
  }
  Later(id, subject->second, {}, &HealthChecker::TakeAnswer);
}

void HealthChecker::TakeAnswer(const std::string& id) {
  const absl::Status answered =
      subjects_.at(id).answered.value_or(absl::InternalError("there is no answer"));
  Answer(id, answered);
}

void HealthChecker::GiveUp(const std::string& id) {
  const bool asked = subjects_.at(id).client != nullptr;
  const std::chrono::milliseconds limit = asked ? kAnswerTimeout : kTimeout;
  Answer(id, absl::DeadlineExceededError(std::format("no answer within {}", limit)));
}

void HealthChecker::Answer(const std::string& id, const absl::Status& status) {
  Subject& subject = subjects_.at(id);
  Drop(subject);
  ServiceHealth::Spec health;
  health.set_healthy(status.ok());
  health.set_message(std::string(base::MessageOf(status)));
  subject.health = std::move(health);
  if (status.ok()) {
    subject.unwell_since.reset();
    Later(id, subject, kPeriod, &HealthChecker::Check);
  } else {
    const base::MonotonicTime now = clock_.Monotonic();
    const base::MonotonicTime since = subject.unwell_since.value_or(now);
    subject.unwell_since = since;
    Later(id, subject, PauseOfUnwell(now - since), &HealthChecker::Check);
  }
  Publish();
}

void HealthChecker::Later(const std::string& id, Subject& subject, std::chrono::nanoseconds delay,
                          void (HealthChecker::*what)(const std::string&)) {
  subject.timer = loop_.RunAt(clock_.Monotonic() + delay, [this, id, what] {
    subjects_.at(id).timer.reset();
    (this->*what)(id);
  });
}

void HealthChecker::Publish() {
  Desired<ServiceHealth> rows;
  for (const auto& [id, subject] : subjects_) {
    if (subject.health.has_value()) {
      rows.Add(id, *subject.health);
    }
  }
  runtime_.Publish(kSource, std::move(rows));
}

}  // namespace ichor
