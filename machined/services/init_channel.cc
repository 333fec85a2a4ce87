#include "machined/services/init_channel.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <format>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/error.h"
#include "lib/sys/unix_socket.h"
#include "machined/init/messages.h"
#include "machined/services/capabilities.h"
#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

using init::Type;

base::WallTime WallOf(const init::Time& time) {
  return base::WallTime(std::chrono::nanoseconds(time.realtime_ns));
}

std::string_view BytesOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

absl::StatusOr<init::Command> CommandOf(const std::string& id,
                                        const services::ProcessSpec::Spec& process) {
  const auto& parameters = process.parameters();
  if (parameters.arguments().empty()) {
    return absl::InvalidArgumentError("no program");
  }
  ASSIGN_OR_RETURN(const std::uint64_t capabilities, CapabilityMask(process));
  init::Command command;
  command.id = id;
  command.path = parameters.arguments(0);
  command.argv.assign(parameters.arguments().begin(), parameters.arguments().end());
  command.argv.front() = command.path.substr(command.path.rfind('/') + 1);
  command.env.assign(parameters.environment().begin(), parameters.environment().end());
  command.cgroup = parameters.cgroup();
  command.tty = parameters.terminal();
  command.capabilities = capabilities;
  command.fingerprint = FingerprintOf(process);
  command.uid = parameters.uid();
  command.gid = parameters.gid();
  command.oom_score_adj = parameters.oom_score_adj();
  command.nice = parameters.nice();
  if (!command.tty.empty()) {
    command.flags |= init::kStdioOnTty;
  }
  return command;
}

}  // namespace

absl::StatusOr<std::uint64_t> CapabilityMask(const services::ProcessSpec::Spec& process) {
  if (process.parameters().all_capabilities()) {
    return init::kAllCapabilities;
  }
  std::uint64_t mask = 0;
  for (const std::string& name : process.parameters().capabilities()) {
    const std::optional<unsigned> number = CapabilityNumber(name);
    if (!number.has_value()) {
      return absl::InvalidArgumentError(
          std::format("capabilities: \"{}\": expected a name of capabilities(7)", name));
    }
    mask |= std::uint64_t{1} << *number;
  }
  return mask;
}

absl::StatusOr<std::unique_ptr<InitChannel>> InitChannel::Create(Loop& loop, base::UniqueFd fd,
                                                                 ProcessTable& table,
                                                                 const base::Clock& clock,
                                                                 InitListener& listener) {
  RETURN_IF_ERROR(sys::SetNonBlocking(fd.get()));
  std::unique_ptr<InitChannel> channel(
      new InitChannel(loop, std::move(fd), table, clock, listener));
  RETURN_IF_ERROR(loop.poller().Add(channel->fd_.get(), EPOLLIN,
                                    [raw = channel.get()](std::uint32_t) { raw->Receive(); }));
  auto alive = init::Make<init::Plain>(Type::kAlive);
  alive.value = init::kProtocolVersion;
  RETURN_IF_ERROR(channel->Send(init::Pack(alive)));
  RETURN_IF_ERROR(channel->Send(init::Pack(init::Make<init::Plain>(Type::kList))));
  RETURN_IF_ERROR(channel->Send(init::Pack(init::Make<init::Plain>(Type::kCrashes))));
  return channel;
}

InitChannel::InitChannel(Loop& loop, base::UniqueFd fd, ProcessTable& table,
                         const base::Clock& clock, InitListener& listener)
    : loop_(loop),
      fd_(std::move(fd)),
      table_(table),
      clock_(clock),
      listener_(listener),
      buffer_(init::kMaxMessage, '\0') {}

InitChannel::~InitChannel() {
  loop_.poller().Remove(fd_.get());
}

absl::Status InitChannel::Start(const std::string& id, const services::ProcessSpec::Spec& process) {
  ASSIGN_OR_RETURN(const init::Command command, CommandOf(id, process));
  ASSIGN_OR_RETURN(const std::string message, init::PackStart(command));
  return Send(message);
}

absl::Status InitChannel::Stop(const std::string& id) {
  auto request = init::Make<init::Signal>(Type::kSignal);
  if (!init::SetText(request.id, id)) {
    return absl::InvalidArgumentError("the id is too long");
  }
  request.signal = SIGTERM;
  RETURN_IF_ERROR(Send(init::Pack(request)));
  loop_.Post([this, id] {
    table_.OnStopping(id);
    KillLater(id);
  });
  return absl::OkStatus();
}

void InitChannel::OnWatchdogState(std::span<const std::byte> message) {
  const auto state = init::Fixed<init::WatchdogState>(message);
  listener_.OnWatchdog(
      {.device = std::string(init::Text(state.device)),
       .armed = state.armed != 0,
       .timeout = std::chrono::seconds(state.timeout_s),
       .feed_interval = std::chrono::seconds(state.feed_interval_s),
       .error = state.error == 0 ? absl::OkStatus() : sys::ErrnoError(state.error, "watchdog")});
}

void InitChannel::KillLater(const std::string& id) {
  loop_.RunAt(clock_.Monotonic() + kGrace, [this, id] {
    if (!table_.IsStopping(id)) {
      return;
    }
    auto request = init::Make<init::Signal>(Type::kSignal);
    init::SetText(request.id, id);
    request.signal = SIGKILL;
    request.target = init::SignalTarget::kWholeCgroup;
    if (!Send(init::Pack(request)).ok()) {
      KillLater(id);
    }
  });
}

absl::Status InitChannel::TakePower() {
  return Send(init::Pack(init::Make<init::Plain>(Type::kPowerTaken)));
}

absl::Status InitChannel::Reboot(init::RebootAction action, std::chrono::milliseconds grace) {
  auto request = init::Make<init::Reboot>(Type::kReboot);
  request.action = action;
  request.grace_ms = static_cast<std::uint32_t>(grace.count());
  return Send(init::Pack(request));
}

absl::Status InitChannel::SetCommitted(bool committed) {
  auto request = init::Make<init::Committed>(Type::kCommitted);
  request.committed = committed ? 1 : 0;
  return Send(init::Pack(request));
}

absl::Status InitChannel::SetWatchdog(const std::string& device, std::chrono::seconds timeout) {
  constexpr std::int64_t kFeedsInTime = 3;  // so that one or two may be late
  auto request = init::Make<init::Watchdog>(Type::kWatchdog);
  if (device.size() >= request.device.size()) {
    return absl::InvalidArgumentError(
        std::format("the path of the watchdog is too long: {}", device));
  }
  std::ranges::copy(device, request.device.begin());
  request.enable = device.empty() ? 0 : 1;
  request.timeout_s = static_cast<std::uint32_t>(timeout.count());
  request.feed_interval_s =
      static_cast<std::uint32_t>(std::max<std::int64_t>(timeout.count() / kFeedsInTime, 1));
  return Send(init::Pack(request));
}

absl::Status InitChannel::Send(const std::string& message) {
  ASSIGN_OR_RETURN(const size_t sent, sys::WriteSome(fd_.get(), message.data(), message.size()));
  return sent == message.size() ? absl::OkStatus()
                                : absl::UnavailableError("init takes no requests now");
}

void InitChannel::Receive() {
  while (true) {
    const absl::StatusOr<size_t> size = sys::ReadSome(fd_.get(), buffer_.data(), buffer_.size());
    if (!size.ok()) {
      return;
    }
    if (*size == 0) {
      loop_.poller().Remove(fd_.get());
      base::Log(base::Severity::kError, "init: closed the channel");
      return;
    }
    const std::span message(reinterpret_cast<const std::byte*>(buffer_.data()), *size);
    if (const std::optional<Type> type = init::TypeOf(message); type.has_value()) {
      OnMessage(*type, message);
    } else {
      base::Log(base::Severity::kError, "init: a message of {} bytes that is none", *size);
    }
  }
}

void InitChannel::OnMessage(Type type, std::span<const std::byte> message) {
  switch (type) {
    case Type::kStarted: {
      const auto event = init::Fixed<init::Started>(message);
      return table_.OnStarted(init::Text(event.id), event.pid, WallOf(event.time),
                              event.fingerprint);
    }
    case Type::kExited: {
      const auto event = init::Fixed<init::Exited>(message);
      return table_.OnExited(init::Text(event.id), event.wait_status);
    }
    case Type::kRefused:
      return OnRefused(message);
    case Type::kProcess:
      return OnProcess(message);
    case Type::kListEnd:
      return table_.OnListed();
    case Type::kLog: {
      const auto event = init::Fixed<init::Log>(message);
      return listener_.OnLog(init::Text(event.id), BytesOf(init::Tail(message)));
    }
    case Type::kLogLost: {
      const auto event = init::Fixed<init::LogLost>(message);
      return listener_.OnLogLost(init::Text(event.id), event.bytes);
    }
    case Type::kCrash:
      return OnCrash(message);
    case Type::kPower:
      return listener_.OnPower(init::Fixed<init::Power>(message).cause);
    case Type::kWatchdogState:
      return OnWatchdogState(message);
    default:
      return;
  }
}

// A process of the list: running, or ended while no machined was there.
void InitChannel::OnProcess(std::span<const std::byte> message) {
  const auto process = init::Fixed<init::Process>(message);
  const std::string_view id = init::Text(process.id);
  table_.OnStarted(id, process.pid, WallOf(process.started), process.fingerprint);
  if (process.state == init::ProcessState::kExited) {
    table_.OnExited(id, process.wait_status);
  }
}

void InitChannel::OnRefused(std::span<const std::byte> message) {
  const auto refusal = init::Fixed<init::Refused>(message);
  if (refusal.stage == init::Stage::kRequest && refusal.error == EEXIST) {
    return;  // asked a second time before the first answer came, which says all there is to say
  }
  const char* const text = strerrordesc_np(refusal.error);
  table_.OnRefused(init::Text(refusal.id), std::format("{}: {}", init::StageName(refusal.stage),
                                                       text == nullptr ? "unknown error" : text));
}

void InitChannel::OnCrash(std::span<const std::byte> message) {
  const auto event = init::Fixed<init::Crash>(message);
  listener_.OnCrash({.number = event.number,
                     .id = std::string(init::Text(event.id)),
                     .pid = event.pid,
                     .wait_status = event.wait_status,
                     .time = WallOf(event.time),
                     .log = std::string(BytesOf(init::Tail(message)))});
}

}  // namespace ichor
