// What makes faults inside a guest, for tests: no part of any image. The harness appends it to the
// initramfs and has the kernel run it in place of /init (rdinit=/injector). It forks: PID 1 becomes
// the real /init once the harness says so, the child stays in memory and does what comes in on the
// second serial port, a line each, and answers with a line:
//
//   hello                said once per boot, before /init runs
//
//   go                   /init runs: "gone"
//
//   hang TEXT            once the kernel's log has TEXT, PID 1 stops: "hung"; says "waits" first
//
//   signal NAME NUMBER   to init or its children of that name: "signalled PID…"
//
//   kill NAME COUNT      each of them at once as it appears, COUNT times: "killed PID…"
//
//   processes            "PID PPID STATE KIB NAME" for each with memory of its own, then "end"
//
//   screen NUMBER        what the virtual console shows, in one line: vcs(4)
//
//   fill PATH            a file below the node's root takes all room there is, lastingly: "filled
//                        BYTES"
//
//   remove PATH          it goes: "removed"
//
//   panic                the kernel panics; no answer
//
// Started as another process than PID 1, it does nothing for ever: a program that hangs.
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>

#include "lib/early/fd.h"
#include "lib/early/text.h"

namespace ichor::injector {
namespace {

using early::Decimal;
using early::Fd;
using early::Text;
using early::ToNumber;

constexpr const char* kDevices = "/injected/dev";
constexpr const char* kProcesses = "/injected/proc";
constexpr int kLookAgainMs = 1;

struct Process {
  std::uint64_t pid = 0;
  std::uint64_t parent = 0;
  char state = '?';
  std::uint64_t kib = 0;  // resident
  Text<32> name;
};

// The harness's end is a stream: bytes that it did not read yet wait there.
class Port {
 public:
  bool Open() {
    fd_.Reset(::open("/injected/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios settings = {};
    if (!fd_.ok() || ::tcgetattr(fd_.get(), &settings) != 0) return false;
    ::cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL;
    return ::tcsetattr(fd_.get(), TCSANOW, &settings) == 0;
  }

  void Say(std::string_view text) const {
    Text<4096> line{text, "\n"};
    [[maybe_unused]] const auto written = ::write(fd_.get(), line.c_str(), line.view().size());
  }

  Text<256> Hear() const {
    Text<256> line;
    char c = 0;
    while (::read(fd_.get(), &c, 1) == 1 && c != '\n')
      line.Push(c);
    return line;
  }

 private:
  Fd fd_;
};

class Guest {
 public:
  bool Open() {
    proc_.Reset(::open(kProcesses, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    devices_.Reset(::open(kDevices, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    kmsg_.Reset(::open("/injected/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    return proc_.ok() && devices_.ok() && kmsg_.ok();
  }

  // Calls `visit` for each process.
  template <typename Visit>
  void ForEach(Visit visit) const {
    const int directory = ::openat(proc_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const entries = directory >= 0 ? ::fdopendir(directory) : nullptr;
    if (entries == nullptr) return;
    while (const dirent* entry = ::readdir(entries)) {
      const auto pid = ToNumber(entry->d_name);
      const auto process = pid.has_value() ? Look(*pid) : std::nullopt;
      if (process.has_value()) visit(*process);
    }
    ::closedir(entries);
  }

  // Whether a line of the kernel's log from now on has it; blocks until one does.
  void WaitForLine(std::string_view text) const {
    std::array<char, 8192> record;
    for (;;) {
      const auto size = ::read(kmsg_.get(), record.data(), record.size());
      if (size < 0 && errno == EAGAIN) WaitForMore();
      if (size > 0 &&
          std::string_view(record.data(), static_cast<std::size_t>(size)).contains(text))
        return;
    }
  }

  // Returns how much of it was read.
  std::size_t ReadScreen(std::string_view number, std::span<char> out) const {
    const Text<16> name{"vcs", number};
    const Fd file(::openat(devices_.get(), name.c_str(), O_RDONLY | O_CLOEXEC));
    const auto size = file.ok() ? ::read(file.get(), out.data(), out.size()) : 0;
    return static_cast<std::size_t>(size > 0 ? size : 0);
  }

  // How many bytes the file has at the end. What allocates in small pieces finds the last of them.
  std::int64_t Fill(std::string_view path) const {
    constexpr std::int64_t kLargest = std::int64_t{1} << 30;
    constexpr std::int64_t kSmallest = 4096;
    const Text<256> name{"1/root", path};
    const Fd file(
        ::openat(proc_.get(), name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    std::int64_t size = 0;
    for (std::int64_t piece = kLargest; file.ok() && piece >= kSmallest;) {
      if (::fallocate(file.get(), 0, size, piece) == 0)
        size += piece;
      else
        piece /= 2;
    }
    ::fsync(file.get());
    return size;
  }

  bool Remove(std::string_view path) const {
    const Text<256> name{"1/root", path};
    return ::unlinkat(proc_.get(), name.c_str(), 0) == 0;
  }

  void Panic() const {
    const Fd trigger(::openat(proc_.get(), "sysrq-trigger", O_WRONLY | O_CLOEXEC));
    [[maybe_unused]] const auto written = ::write(trigger.get(), "c", 1);
  }

 private:
  void WaitForMore() const {
    pollfd event{.fd = kmsg_.get(), .events = POLLIN, .revents = 0};
    ::poll(&event, 1, -1);
  }

  std::optional<Process> Look(std::uint64_t pid) const {
    const Text<64> path{Decimal(static_cast<std::int64_t>(pid)), "/stat"};
    std::array<char, 1024> buffer;
    const Fd file(::openat(proc_.get(), path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto size = file.ok() ? ::read(file.get(), buffer.data(), buffer.size()) : -1;
    if (size <= 0) return std::nullopt;
    // "PID (NAME) STATE PPID …": a name may have spaces and parentheses. Field 24 is the pages.
    const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
    const auto begin = text.find('(');
    const auto end = text.rfind(')');
    if (begin == text.npos || end == text.npos) return std::nullopt;
    Process process;
    process.pid = pid;
    process.name.Append({early::Part(text, begin + 1, end - begin - 1)});
    std::string_view rest = early::Part(text, end + 2);
    process.state = rest.empty() ? '?' : rest.front();
    early::TakeUntil(rest, ' ');
    process.parent = ToNumber(early::TakeUntil(rest, ' ')).value_or(0);
    constexpr int kBetween = 19;
    for (int i = 0; i < kBetween; ++i)
      early::TakeUntil(rest, ' ');
    process.kib = ToNumber(early::TakeUntil(rest, ' ')).value_or(0) *
                  static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
    return process;
  }

  Fd proc_;
  Fd devices_;
  Fd kmsg_;
};

bool IsInitOrItsChild(const Process& process, std::string_view name) {
  return process.parent <= 1 && process.name.view() == name && process.state != 'Z';
}

// Sends it to all of that name, and appends their PIDs.
void Signal(const Guest& guest, std::string_view name, int number, Text<4096>& pids) {
  guest.ForEach([&](const Process& process) {
    if (!IsInitOrItsChild(process, name) || ::kill(static_cast<pid_t>(process.pid), number) != 0)
      return;
    pids.Append({" ", Decimal(static_cast<std::int64_t>(process.pid))});
  });
}

// One that was killed and is not gone yet does not count again.
void Kill(const Guest& guest, const Port& port, std::string_view name, std::uint64_t count) {
  Text<4096> said{"killed"};
  std::uint64_t last = 0;
  for (std::uint64_t done = 0; done < count;) {
    std::uint64_t found = 0;
    guest.ForEach([&](const Process& process) {
      if (process.pid > last && IsInitOrItsChild(process, name)) found = process.pid;
    });
    if (found != 0 && ::kill(static_cast<pid_t>(found), SIGKILL) == 0) {
      said.Append({" ", Decimal(static_cast<std::int64_t>(found))});
      last = found;
      ++done;
    } else {
      ::poll(nullptr, 0, kLookAgainMs);  // nobody tells of a process that appears
    }
  }
  port.Say(said.view());
}

void RunInit(const Fd& gate) {
  [[maybe_unused]] const auto written = ::write(gate.get(), "", 1);
}

void Hang(const Guest& guest, const Port& port, std::string_view text) {
  guest.WaitForLine(text);
  // Signals that would stop PID 1 never reach it: a tracer does.
  const bool hung =
      ::ptrace(PTRACE_SEIZE, 1, 0, 0) == 0 && ::ptrace(PTRACE_INTERRUPT, 1, 0, 0) == 0;
  port.Say(hung ? "hung" : "not hung");
}

void ListProcesses(const Guest& guest, const Port& port) {
  guest.ForEach([&port](const Process& process) {
    if (process.kib == 0 && process.state != 'Z') return;  // the kernel's own
    port.Say(Text<256>{Decimal(static_cast<std::int64_t>(process.pid)), " ",
                       Decimal(static_cast<std::int64_t>(process.parent)), " ",
                       std::string_view(&process.state, 1), " ",
                       Decimal(static_cast<std::int64_t>(process.kib)), " ", process.name.view()}
                 .view());
  });
  port.Say("end");
}

void ShowScreen(const Guest& guest, const Port& port, std::string_view number) {
  std::array<char, 4000> text{};  // 80 by 25, or as much of a larger one
  const auto size = guest.ReadScreen(number, text);
  port.Say({text.data(), size});
}

void Obey(const Guest& guest, const Port& port, std::string_view line, const Fd& gate) {
  std::string_view rest = line;
  const auto verb = early::TakeUntil(rest, ' ');
  if (verb == "go") {
    RunInit(gate);
    port.Say("gone");
  } else if (verb == "hang") {
    RunInit(gate);
    Hang(guest, port, rest);
  } else if (verb == "signal") {
    const auto name = early::TakeUntil(rest, ' ');
    Text<4096> said{"signalled"};
    Signal(guest, name, static_cast<int>(ToNumber(rest).value_or(0)), said);
    port.Say(said.view());
  } else if (verb == "kill") {
    const auto name = early::TakeUntil(rest, ' ');
    Kill(guest, port, name, ToNumber(rest).value_or(0));
  } else if (verb == "processes") {
    ListProcesses(guest, port);
  } else if (verb == "screen") {
    ShowScreen(guest, port, rest);
  } else if (verb == "fill") {
    port.Say(Text<64>{"filled ", Decimal(guest.Fill(rest))}.view());
  } else if (verb == "remove") {
    port.Say(guest.Remove(rest) ? "removed" : "not removed");
  } else if (verb == "panic") {
    guest.Panic();
  } else {
    port.Say("what?");
  }
}

// The child. Its mounts are its own, and outlive the initramfs by what it has open.
[[noreturn]] void Serve(const Fd& gate) {
  constexpr unsigned kMode = 0755;
  for (const char* directory : {"/injected", kDevices, kProcesses})
    ::mkdir(directory, kMode);
  Port port;
  Guest guest;
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("devtmpfs", kDevices, "devtmpfs", 0, nullptr) != 0 ||
      ::mount("proc", kProcesses, "proc", 0, nullptr) != 0 || !port.Open() || !guest.Open())
    ::_exit(1);
  port.Say("hello");
  for (;;)
    Obey(guest, port, port.Hear().view(), gate);
}

}  // namespace
}  // namespace ichor::injector

int main() {
  if (::getpid() != 1) {
    for (;;)
      ::pause();
  }
  std::array<int, 2> gate{};
  if (::pipe2(gate.data(), O_CLOEXEC) != 0) return 1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(gate[0]);
    ichor::injector::Serve(ichor::early::Fd(gate[1]));
  }
  ::close(gate[1]);
  char opened = 0;
  [[maybe_unused]] const auto heard = ::read(gate[0], &opened, 1);  // ends too if there is no child
  std::array<char*, 2> argv = {const_cast<char*>("/init"), nullptr};
  std::array<char*, 1> env = {nullptr};
  ::execve("/init", argv.data(), env.data());
  return 1;
}
