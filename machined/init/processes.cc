#include "machined/init/processes.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "lib/early/text.h"
#include "machined/init/cgroups.h"
#include "machined/init/clock.h"

namespace ichor::init {
namespace {

constexpr int kRefusedStatus = 127 << 8;  // the wait status of an exit with 127

}  // namespace

Failure Processes::Start(std::string_view id, std::string_view cgroup, Launch launch) {
  Entry* entry = table_.Take(id);
  if (entry == nullptr) return {.stage = Stage::kRequest, .error = errno};
  SetText(entry->cgroup, cgroup);
  entry->asked_to_end = false;
  entry->tell_started = entry->tell_refused = entry->tell_exited = false;
  if (!EnsureLog(*entry)) return {.stage = Stage::kPipe, .error = errno};
  const early::Fd directory = OpenCgroup(cgroup);
  if (!directory.ok() && ::access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0) {
    return {.stage = Stage::kCgroup, .error = errno};
  }
  launch.log_fd = entry->log_write.get();
  launch.cgroup_fd = directory.get();
  Child child = Spawn(launch);
  if (child.pid < 0) return {.stage = Stage::kClone, .error = errno};
  entry->state = ProcessState::kStarting;
  entry->pid = entry->last_pid = child.pid;
  entry->wait_status = 0;
  entry->started = TimeNow();
  entry->fingerprint = launch.settings->fingerprint;
  entry->ended = {};
  entry->pidfd = static_cast<early::Fd&&>(child.pidfd);
  entry->exec_status = static_cast<early::Fd&&>(child.status);
  const auto index = static_cast<std::uint32_t>(table_.IndexOf(*entry));
  poll_.Add(entry->exec_status.get(), {.source = Source::kExecStatus, .index = index});
  return {};
}

bool Processes::EnsureLog(Entry& entry) {
  if (entry.log_read.ok()) return true;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  entry.log_read.Reset(ends[0]);
  entry.log_write.Reset(ends[1]);
  // Only our end does not block: the open description of the other is the children's own.
  const auto index = static_cast<std::uint32_t>(table_.IndexOf(entry));
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 &&
      poll_.Add(ends[0], {.source = Source::kLog, .index = index})) {
    return true;
  }
  entry.log_read.Reset();
  entry.log_write.Reset();
  return false;
}

int Processes::SendSignal(const Signal& request) {
  Entry* entry = request.id.back() == '\0' ? table_.Find(Text(request.id)) : nullptr;
  if (entry == nullptr || !entry->Runs()) return ESRCH;
  // It was refused, and is not reaped yet.
  if (entry->state == ProcessState::kStarting && !entry->exec_status.ok()) return ESRCH;
  const int number = static_cast<int>(request.signal);
  if (request.signal > 64) return EINVAL;
  entry->asked_to_end = entry->asked_to_end || number != 0;
  if (request.target == SignalTarget::kWholeCgroup && entry->cgroup[0] != '\0') {
    return SignalCgroup(Text(entry->cgroup), number);
  }
  return ::syscall(SYS_pidfd_send_signal, entry->pidfd.get(), number, nullptr, 0) == 0 ? 0 : errno;
}

bool Processes::ReadSomeLog(Entry& entry) {
  static std::array<std::byte, 4096> buffer;
  const auto got = ::read(entry.log_read.get(), buffer.data(), buffer.size());
  if (got <= 0) return false;
  std::span<const std::byte> bytes = std::span(buffer).first(static_cast<std::size_t>(got));
  entry.log.Append(bytes);
  if (entry.name() != kMachinedId) return true;
  while (machined_lines_.Take(bytes))
    console_.SayFor(kMachinedId, early::Level::kInfo, machined_lines_.line());
  return true;
}

void Processes::ReadLog(std::uint32_t index) {
  // A few pieces and then the others' turn: what is left is still readable.
  constexpr int kPieces = 4;
  Entry& entry = table_.entries()[index];
  for (int i = 0; i < kPieces && ReadSomeLog(entry); ++i) {
  }
}

void Processes::ReadExecStatus(std::uint32_t index) {
  ReadStatus(table_.entries()[index]);
}

void Processes::ReadStatus(Entry& entry) {
  if (!entry.exec_status.ok()) return;
  Failure failure;
  const auto got = ::read(entry.exec_status.get(), &failure, sizeof(failure));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  entry.exec_status.Reset();
  const bool machined = entry.name() == kMachinedId;
  if (got == sizeof(failure)) {
    entry.refused_stage = failure.stage;
    entry.refused_error = failure.error;
    entry.tell_refused = !machined;
    entry.asked_to_end = true;
    console_.Error({"start ", entry.name(), ": ", early::ErrorText(failure.error)});
    return;
  }
  entry.state = ProcessState::kRunning;
  entry.tell_started = !machined;
}

Reaped Processes::Reap() {
  constexpr int kAtOnce = 1024;
  Reaped out;
  for (int i = 0; i < kAtOnce; ++i) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    out.none_left = pid < 0 && errno == ECHILD;
    if (pid <= 0) return out;
    Entry* entry = table_.FindPid(pid);
    if (entry == nullptr) continue;
    out.machined_ended = out.machined_ended || entry->name() == kMachinedId;
    Ended(*entry, status);
  }
  out.more = true;
  return out;
}

void Processes::Ended(Entry& entry, int wait_status) {
  ReadStatus(entry);
  entry.exec_status.Reset();
  // All of the pipe: nothing that the process said is told after its end. Others may go on writing
  // to it, so not for ever.
  constexpr int kPipePieces = 64;
  for (int i = 0; i < kPipePieces && ReadSomeLog(entry); ++i) {
  }
  const bool started = entry.state == ProcessState::kRunning;
  entry.state = ProcessState::kExited;
  entry.ended = TimeNow();
  entry.pid = 0;
  entry.pidfd.Reset();
  entry.wait_status = started ? wait_status : kRefusedStatus;
  const bool machined = entry.name() == kMachinedId;
  entry.tell_exited = started && !machined;
  const bool crashed = machined || (WIFSIGNALED(wait_status) && !entry.asked_to_end);
  if (crashed && !ends_expected_) NoteCrash(entry);
}

void Processes::NoteCrash(const Entry& entry) {
  crashes_.Add(entry);
  const bool killed = WIFSIGNALED(entry.wait_status);
  const int number = killed ? WTERMSIG(entry.wait_status) : WEXITSTATUS(entry.wait_status);
  console_.Error({entry.name(), " (process ", early::Decimal(entry.last_pid),
                  killed ? ") was killed by signal " : ") ended with status ",
                  early::Decimal(number)});
}

}  // namespace ichor::init
