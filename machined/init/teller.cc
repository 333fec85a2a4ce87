#include "machined/init/teller.h"

#include <algorithm>
#include <array>

namespace ichor::init {
namespace {

template <typename T>
Sent SendFixed(const Link& link, const T& message) {
  return link.Send(std::as_bytes(std::span(&message, 1)));
}

Process Describe(const Entry& entry) {
  auto out = Make<Process>(Type::kProcess);
  out.id = entry.id;
  out.pid = entry.last_pid;
  out.wait_status = entry.wait_status;
  out.state = entry.state;
  out.started = entry.started;
  out.ended = entry.ended;
  out.fingerprint = entry.fingerprint;
  return out;
}

Sent TellStarted(const Link& link, Entry& entry) {
  auto started = Make<Started>(Type::kStarted);
  started.id = entry.id;
  started.pid = entry.pid;
  started.time = entry.started;
  started.fingerprint = entry.fingerprint;
  const Sent sent = SendFixed(link, started);
  entry.tell_started = sent != Sent::kDone;
  return sent;
}

Sent TellRefusal(const Link& link, Entry& entry) {
  auto refused = Make<Refused>(Type::kRefused);
  refused.id = entry.id;
  refused.stage = entry.refused_stage;
  refused.error = entry.refused_error;
  const Sent sent = SendFixed(link, refused);
  entry.tell_refused = sent != Sent::kDone;
  return sent;
}

Sent TellExited(const Link& link, Entry& entry) {
  auto exited = Make<Exited>(Type::kExited);
  exited.id = entry.id;
  exited.pid = entry.last_pid;
  exited.wait_status = entry.wait_status;
  exited.time = entry.ended;
  const Sent sent = SendFixed(link, exited);
  entry.tell_exited = sent != Sent::kDone;
  return sent;
}

}  // namespace

void Teller::Reset() {
  listening_ = false;
  list_at_ = kNoList;
  crash_at_ = 0;
  watchdog_pending_ = false;
  refusals_ = 0;
}

void Teller::TellWatchdog(const WatchdogState& state) {
  watchdog_ = state;
  watchdog_pending_ = true;
}

void Teller::TellRefused(const Id& id, Stage stage, std::int32_t error) {
  if (IsFull()) return;
  auto& refused = refused_[refusals_++];
  refused = Make<Refused>(Type::kRefused);
  refused.id = id;
  refused.stage = stage;
  refused.error = error;
}

Sent Teller::Tell(const Link& link, ProcessTable& table, const CrashRecords& crashes) {
  if (!listening_) return Sent::kDone;
  Sent sent = TellAnswers(link);
  if (sent == Sent::kDone) sent = TellListRest(link, table);
  if (sent == Sent::kDone) sent = TellCrashesRest(link, crashes);
  for (Entry& entry : table.entries()) {
    if (sent != Sent::kDone) return sent;
    if (entry.used) sent = TellProcess(link, entry);
  }
  return sent;
}

Sent Teller::TellAnswers(const Link& link) {
  std::size_t told = 0;
  Sent sent = Sent::kDone;
  while (told < refusals_ && sent == Sent::kDone) {
    sent = SendFixed(link, refused_[told]);
    if (sent == Sent::kDone) ++told;
  }
  std::copy(refused_.begin() + told, refused_.begin() + refusals_, refused_.begin());
  refusals_ -= told;
  if (sent == Sent::kDone && watchdog_pending_) {
    sent = SendFixed(link, watchdog_);
    watchdog_pending_ = sent != Sent::kDone;
  }
  if (sent == Sent::kDone && power_ != PowerCause{}) {
    auto power = Make<Power>(Type::kPower);
    power.cause = power_;
    sent = SendFixed(link, power);
    if (sent == Sent::kDone) power_ = PowerCause{};
  }
  return sent;
}

Sent Teller::TellListRest(const Link& link, ProcessTable& table) {
  if (list_at_ == kNoList) return Sent::kDone;
  for (; list_at_ < kMaxProcesses; ++list_at_) {
    const Entry& entry = table.entries()[list_at_];
    const Sent sent = entry.used ? SendFixed(link, Describe(entry)) : Sent::kDone;
    if (sent != Sent::kDone) return sent;
  }
  const Sent sent = SendFixed(link, Make<Plain>(Type::kListEnd));
  if (sent == Sent::kDone) list_at_ = kNoList;
  return sent;
}

Sent Teller::TellCrashesRest(const Link& link, const CrashRecords& crashes) {
  if (crash_at_ == 0) return Sent::kDone;
  crash_at_ = std::max(crash_at_, crashes.First());
  for (const CrashRecord* record = crashes.Find(crash_at_); record != nullptr;
       record = crashes.Find(crash_at_)) {
    const Sent sent = link.Send(record->Message());
    if (sent != Sent::kDone) return sent;
    ++crash_at_;
  }
  const Sent sent = SendFixed(link, Make<Plain>(Type::kCrashEnd));
  if (sent == Sent::kDone) crash_at_ = 0;
  return sent;
}

Sent Teller::TellProcess(const Link& link, Entry& entry) {
  Sent sent = Sent::kDone;
  if (entry.tell_started) sent = TellStarted(link, entry);
  if (sent == Sent::kDone && entry.tell_refused) sent = TellRefusal(link, entry);
  if (sent == Sent::kDone) sent = TellLog(link, entry);
  if (sent == Sent::kDone && entry.tell_exited) sent = TellExited(link, entry);
  return sent;
}

Sent Teller::TellLog(const Link& link, Entry& entry) {
  struct Message {
    Log fixed;
    std::array<std::byte, kMaxLogBytes> bytes;
  };
  static Message message;
  if (const std::uint64_t lost = entry.log.Lost(); lost != 0) {
    auto log_lost = Make<LogLost>(Type::kLogLost);
    log_lost.id = entry.id;
    log_lost.bytes = lost;
    const Sent sent = SendFixed(link, log_lost);
    if (sent != Sent::kDone) return sent;
    entry.log.Told(lost);
  }
  while (!entry.log.AllTold()) {
    const auto bytes = entry.log.Untold(kMaxLogBytes);
    message.fixed = Make<Log>(Type::kLog);
    message.fixed.id = entry.id;
    message.fixed.header.size = static_cast<std::uint32_t>(sizeof(Log) + bytes.size());
    std::ranges::copy(bytes, message.bytes.begin());
    const Sent sent =
        link.Send(std::as_bytes(std::span(&message, 1)).first(message.fixed.header.size));
    if (sent != Sent::kDone) return sent;
    entry.log.Told(bytes.size());
  }
  return Sent::kDone;
}

}  // namespace ichor::init
