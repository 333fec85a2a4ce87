// What a container writes, to machined. The container's shim starts it, with the container's id in
// CONTAINER_ID, its output and errors as descriptors 3 and 4, and 5 to close when it is ready. It
// never lets the container wait for long: what machined does not take is kept in a ring.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>

#include "lib/early/fd.h"
#include "machined/init/log_ring.h"

namespace ichor::container_log {
namespace {

constexpr const char* kSocket = "/system/run/machined/container-logs.sock";
constexpr int kFirstPipe = 3;
constexpr int kReady = 5;
constexpr std::size_t kLongestId = 128;
constexpr std::size_t kLongestPart = 4096;
constexpr int kSoonMs = 20;     // until a busy machined is asked again
constexpr int kPatience = 100;  // so often; then it counts as away
constexpr int kAwayMs = 500;    // until one that is away is looked for again
constexpr int kLastTries = 10;  // at the end of the container

class Relay {
 public:
  explicit Relay(std::string_view id) : id_(id.substr(0, kLongestId)) {}

  void Run() {
    socket_.Reset(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    for (pollfd& pipe : pipes_) {
      fcntl(pipe.fd, F_SETFL, O_NONBLOCK);
    }
    close(kReady);
    while (IsOpen()) {
      Wait();
      Tell();
    }
    for (int i = 0; i < kLastTries && !ring_.AllTold(); ++i) {
      poll(nullptr, 0, kSoonMs);
      Tell();
    }
  }

 private:
  bool IsOpen() const {
    return std::ranges::any_of(pipes_, [](const pollfd& pipe) { return pipe.fd >= 0; });
  }

  // While machined is there, but busy, nothing more is read, so that nothing is lost.
  void Wait() {
    const bool busy = !away_ && !ring_.AllTold();
    if (busy) {
      poll(nullptr, 0, kSoonMs);
      return;
    }
    poll(pipes_.data(), pipes_.size(), ring_.AllTold() ? -1 : kAwayMs);
    for (pollfd& pipe : pipes_) {
      if (pipe.fd >= 0 && pipe.revents != 0) {
        Read(pipe);
      }
    }
  }

  void Read(pollfd& pipe) {
    std::array<std::byte, kLongestPart> buffer{};
    const ssize_t size = read(pipe.fd, buffer.data(), buffer.size());
    if (size > 0) {
      ring_.Append(std::span(buffer).first(static_cast<std::size_t>(size)));
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      close(pipe.fd);
      pipe.fd = -1;
    }
  }

  // Tells what it can. A machined that comes back is a new one, which has heard nothing.
  void Tell() {
    while (!ring_.AllTold()) {
      if (!TellLost()) {
        return;
      }
      const std::span<const std::byte> part = ring_.Untold(kLongestPart);
      if (!Send({reinterpret_cast<const char*>(part.data()), part.size()})) {
        return;
      }
      ring_.Told(part.size());
    }
  }

  bool TellLost() {
    const std::uint64_t lost = ring_.Lost();
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "\n[%llu bytes of the log are lost]\n",
                                   static_cast<unsigned long long>(lost));
    if (lost != 0 && !Send({text.data(), static_cast<std::size_t>(size)})) {
      return false;
    }
    ring_.Told(lost);
    return true;
  }

  // One message: the id, a zero byte, what it wrote.
  bool Send(std::string_view bytes) {
    std::array<char, kLongestId + 1 + kLongestPart> message{};
    std::memcpy(message.data(), id_.data(), id_.size());
    std::memcpy(message.data() + id_.size() + 1, bytes.data(), bytes.size());
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, kSocket, sizeof(address.sun_path) - 1);
    const ssize_t sent = sendto(socket_.get(), message.data(), id_.size() + 1 + bytes.size(), 0,
                                reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    if (sent >= 0) {
      refusals_ = 0;
      if (away_) {
        away_ = false;
        ring_.TellAgain();
        return false;
      }
      return true;
    }
    away_ = away_ || errno != EAGAIN || ++refusals_ > kPatience;
    return false;
  }

  const std::string_view id_;
  early::Fd socket_;
  std::array<pollfd, 2> pipes_{pollfd{.fd = kFirstPipe, .events = POLLIN, .revents = 0},
                               pollfd{.fd = kFirstPipe + 1, .events = POLLIN, .revents = 0}};
  init::LogRing ring_;
  bool away_ = false;
  int refusals_ = 0;
};

}  // namespace
}  // namespace ichor::container_log

int main() {
  const char* const id = std::getenv("CONTAINER_ID");
  if (id == nullptr) {
    return 2;
  }
  ichor::container_log::Relay(id).Run();
  return 0;
}
