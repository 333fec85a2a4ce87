#include "qemu-tests/injector.h"

#include <poll.h>

#include <array>
#include <chrono>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "lib/sys/unix_socket.h"
#include "qemu-tests/node_api.h"

namespace ichor::qemu {
namespace {

constexpr int kLookAgainMs = 50;

// Waits until `socket` can be read, the machine ends, or some milliseconds are over.
absl::Status WaitFor(int socket, int machine, int milliseconds) {
  std::array<pollfd, 2> events{{{.fd = socket, .events = POLLIN, .revents = 0},
                                {.fd = machine, .events = POLLIN, .revents = 0}}};
  poll(events.data(), events.size(), milliseconds);
  return events[1].revents == 0 ? absl::OkStatus() : absl::AbortedError("the machine ended");
}

}  // namespace

absl::StatusOr<Injector> Injector::Connect(const std::string& path, int machine) {
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + std::chrono::minutes(1);
  while (true) {
    absl::StatusOr<base::UniqueFd> socket = sys::ConnectUnix(path);
    if (socket.ok()) {
      return Injector(*std::move(socket), machine);
    }
    if (clock.Monotonic() > until) {
      return base::Annotate(socket.status(), path);
    }
    RETURN_IF_ERROR(WaitFor(-1, machine, kLookAgainMs));
  }
}

absl::StatusOr<std::string> Injector::Line() {
  const base::MonotonicTime until = clock_.Monotonic() + NodeApi::kPatience;
  while (!heard_.contains('\n')) {
    std::array<char, 4096> buffer;
    const absl::StatusOr<std::size_t> size =
        sys::ReadSome(socket_.get(), buffer.data(), buffer.size());
    if (size.ok() && *size > 0) {
      heard_.append(buffer.data(), *size);
      continue;
    }
    if (size.ok() || !absl::IsUnavailable(size.status())) {
      return absl::AbortedError("the injector's socket was closed");
    }
    if (clock_.Monotonic() > until) {
      return absl::DeadlineExceededError(absl::StrCat("the injector said only: ", heard_));
    }
    constexpr int kTurnMs = 1000;
    RETURN_IF_ERROR(WaitFor(socket_.get(), machine_, kTurnMs));
  }
  const std::size_t end = heard_.find('\n');
  std::string line = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  return line;
}

absl::Status Injector::WaitForBoot() {
  ASSIGN_OR_RETURN(const std::string line, Line());
  return line == "hello" ? absl::OkStatus()
                         : absl::InternalError(absl::StrCat("the injector said: ", line));
}

absl::Status Injector::Send(const std::string& line) {
  const std::string text = line + "\n";
  ASSIGN_OR_RETURN(const std::size_t sent, sys::WriteSome(socket_.get(), text.data(), text.size()));
  return sent == text.size() ? absl::OkStatus() : absl::UnavailableError("the injector is deaf");
}

absl::StatusOr<std::string> Injector::Ask(const std::string& line) {
  RETURN_IF_ERROR(Send(line));
  return Line();
}

absl::Status Injector::Tell(const std::string& line, const std::string& expected) {
  ASSIGN_OR_RETURN(const std::string answer, Ask(line));
  return answer == expected
             ? absl::OkStatus()
             : absl::InternalError(absl::StrCat(line, ": the injector said: ", answer));
}

absl::StatusOr<std::vector<GuestProcess>> Injector::Processes() {
  RETURN_IF_ERROR(Send("processes"));
  std::vector<GuestProcess> processes;
  while (true) {
    ASSIGN_OR_RETURN(const std::string line, Line());
    if (line == "end") {
      return processes;
    }
    GuestProcess process;
    std::istringstream words(line);
    words >> process.pid >> process.parent >> process.state >> process.resident_kib >> std::ws;
    std::getline(words, process.name);
    processes.push_back(std::move(process));
  }
}

}  // namespace ichor::qemu
