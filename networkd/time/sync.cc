#include "networkd/time/sync.h"

#include <algorithm>
#include <format>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor::networkd {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kSource = "network.time";
constexpr std::uint16_t kNtpPort = 123;
constexpr std::chrono::seconds kAnswerWithin{4};
constexpr std::chrono::seconds kFirstRetry{1};
constexpr unsigned kLongestShift = 5;  // 32 s
constexpr std::chrono::minutes kRateLimited{5};
// What a clock moves by itself, between two looks, and by a leap second.
constexpr std::chrono::seconds kDrift{2};

std::int64_t EpochOf(Runtime& runtime) {
  const auto rows = runtime.Read<time::TimeStatus>();
  return rows.empty() ? 0 : rows.front().spec().epoch();
}

std::int64_t Milliseconds(nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

struct TimeSync::Exchange {
  std::unique_ptr<sys::UdpSocket> socket;
  NtpTime nonce = 0;
  base::WallTime asked;
  base::MonotonicTime asked_at;
};

TimeSync::TimeSync(Environment environment)
    : environment_(std::move(environment)),
      started_(environment_.clock.Monotonic()),
      keeper_(environment_.clock_control.IsSynchronized().value_or(false),
              EpochOf(environment_.runtime)),
      difference_(WallMinusMonotonic()) {
  Publish();
}

TimeSync::~TimeSync() {
  StopTimer();
}

nanoseconds TimeSync::WallMinusMonotonic() const {
  return environment_.clock.Now().time_since_epoch() -
         environment_.clock.Monotonic().time_since_epoch();
}

void TimeSync::Set(const TimeSettings& settings) {
  if (known_ && settings_ == settings) return;
  known_ = true;
  settings_ = settings;
  server_ = address_ = 0;
  failures_ = 0;
  if (settings.boot_timeout > nanoseconds(0)) {
    environment_.loop.RunAt(started_ + settings.boot_timeout, [self = std::weak_ptr(self_)] {
      if (const auto alive = self.lock()) {
        (*alive)->timed_out_ = true;
        (*alive)->Publish();
      }
    });
  }
  Publish();
  Begin();
}

void TimeSync::OnNetwork() {
  if (known_ && !keeper_.synchronized() && failures_ > 0 && exchange_ == nullptr) {
    failures_ = 0;
    Begin();
  }
}

void TimeSync::StopTimer() {
  if (const auto timer = std::exchange(timer_, std::nullopt)) environment_.loop.Cancel(*timer);
}

void TimeSync::Begin() {
  exchange_.reset();
  ++round_;
  StopTimer();
  if (!settings_.disabled && !settings_.servers.empty()) Ask();
}

void TimeSync::Later(nanoseconds pause) {
  exchange_.reset();
  ++round_;
  StopTimer();
  timer_ = environment_.loop.RunAt(environment_.clock.Monotonic() + pause,
                                   [self = std::weak_ptr(self_)] {
                                     if (const auto alive = self.lock()) {
                                       (*alive)->timer_.reset();
                                       (*alive)->Ask();
                                     }
                                   });
}

void TimeSync::Ask() {
  LookForJumps();
  const std::string& server = settings_.servers[server_ % settings_.servers.size()];
  if (const auto address = ParseNetIP(server); address.has_value() && !address->ip().empty()) {
    AskOneOf({address->ip()});
    return;
  }
  if (server.starts_with('/')) {
    Fail(absl::UnimplementedError("clocks that are devices are not read yet"));
    return;
  }
  environment_.lookup(server, [self = std::weak_ptr(self_), round = round_](const auto& addresses) {
    const auto alive = self.lock();
    if (alive != nullptr && (*alive)->round_ == round) (*alive)->AskOneOf(addresses);
  });
}

void TimeSync::AskOneOf(const std::vector<std::string>& addresses) {
  if (addresses.empty()) {
    Fail(absl::UnavailableError("the name has no address"));
    return;
  }
  Send(addresses[address_ % addresses.size()]);
}

void TimeSync::Send(const std::string& address) {
  auto exchange = std::make_unique<Exchange>();
  const sys::UdpEndpoint peer{.address = address, .port = kNtpPort};
  auto socket = environment_.udp.Connect(
      peer, [this](const sys::UdpEndpoint&, std::string_view payload) { OnAnswer(payload); });
  if (!socket.ok()) {
    Fail(socket.status());
    return;
  }
  exchange->socket = *std::move(socket);
  exchange->nonce = NtpTime{environment_.random()} << 32U | environment_.random();
  exchange->asked = environment_.clock.Now();
  exchange->asked_at = environment_.clock.Monotonic();
  const absl::Status sent = exchange->socket->Send(peer, EncodeNtp({.transmit = exchange->nonce}));
  if (!sent.ok()) {
    Fail(sent);
    return;
  }
  exchange_ = std::move(exchange);
  timer_ =
      environment_.loop.RunAt(exchange_->asked_at + kAnswerWithin, [self = std::weak_ptr(self_)] {
        if (const auto alive = self.lock()) {
          (*alive)->timer_.reset();
          (*alive)->Fail(absl::UnavailableError("no answer"));
        }
      });
}

void TimeSync::OnAnswer(std::string_view payload) {
  if (exchange_ == nullptr) return;
  const auto packet = ParseNtp(payload);
  if (!packet.ok()) return;  // anybody may send anything: the answer may yet come
  // By the monotonic clock, since the other may have been moved meanwhile.
  const nanoseconds away = environment_.clock.Monotonic() - exchange_->asked_at;
  const auto sample = SampleOf(*packet, {.nonce = exchange_->nonce,
                                         .asked = ToNtp(exchange_->asked),
                                         .answered = ToNtp(exchange_->asked + away)});
  if (absl::IsInvalidArgument(sample.status())) return;
  if (!sample.ok()) {
    Fail(sample.status());
    return;
  }
  OnSample(*sample);
}

void TimeSync::OnSample(const NtpSample& sample) {
  failures_ = 0;
  last_error_.clear();
  const sys::ClockError error{
      .estimated = sample.delay / 2, .largest = sample.distance, .leap_second = sample.leap_second};
  const bool first = !keeper_.synchronized();
  const TimeKeeper::Verdict verdict = keeper_.OnSample(sample);
  absl::Status status;
  const std::string& server = settings_.servers[server_ % settings_.servers.size()];
  if (verdict == TimeKeeper::Verdict::kStep) {
    status = environment_.clock_control.Step(sample.offset, error);
    if (status.ok()) {
      base::Log(base::Severity::kInfo, "time: stepped by {} ms, says {}",
                Milliseconds(sample.offset), server);
      keeper_.OnJump(sample.offset);
      difference_ = WallMinusMonotonic();
    }
  } else if (verdict == TimeKeeper::Verdict::kSlew) {
    status = environment_.clock_control.Slew(sample.offset, error, keeper_.poll());
    if (first) base::Log(base::Severity::kInfo, "time: right, says {}", server);
  } else {
    ++server_;  // somebody else is to confirm it, if there is somebody
  }
  if (!status.ok()) base::LogLine(base::Severity::kError, base::MessageOf(status));
  Publish();
  Later(keeper_.poll());
}

// The next server is asked at once; once all were, after a pause that grows.
void TimeSync::Fail(const absl::Status& why) {
  const std::size_t servers = settings_.servers.size();
  const std::string error =
      std::format("time server {}: {}", settings_.servers[server_ % servers], base::MessageOf(why));
  if (error != std::exchange(last_error_, error)) {
    base::LogLine(base::Severity::kWarning, error);
  }
  ++server_;
  if (server_ % servers == 0) ++address_;
  ++failures_;
  const unsigned rounds = failures_ / static_cast<unsigned>(servers);
  const bool all = failures_ % servers == 0;
  nanoseconds pause =
      all ? kFirstRetry * (1U << std::min(rounds - 1, kLongestShift)) : std::chrono::seconds(0);
  if (servers == 1 && (absl::IsResourceExhausted(why) || absl::IsPermissionDenied(why))) {
    pause = kRateLimited;
  }
  Later(pause);
}

void TimeSync::LookForJumps() {
  const nanoseconds difference = WallMinusMonotonic();
  const nanoseconds jump = difference - std::exchange(difference_, difference);
  if (std::chrono::abs(jump) <= kDrift) return;
  base::Log(base::Severity::kWarning, "time: somebody moved the clock by {} ms",
            Milliseconds(jump));
  keeper_.OnJump(jump);
  Publish();
}

void TimeSync::Publish() {
  time::TimeStatus::Spec spec;
  const bool disabled = known_ && settings_.disabled;
  spec.set_synced(disabled || timed_out_ || keeper_.synchronized());
  spec.set_sync_disabled(disabled);
  spec.set_epoch(keeper_.epoch());
  environment_.runtime.Publish<time::TimeStatus>(kSource, {{"node", std::move(spec)}});
}

}  // namespace ichor::networkd
