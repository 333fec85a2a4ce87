#include "qemu-tests/stranger.h"

#include <poll.h>

#include <array>
#include <chrono>
#include <format>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor::qemu {

absl::Status TalkNonsense(std::uint16_t port) {
  constexpr std::string_view kNonsense = "GET / HTTP/1.1\r\nHost: node\r\n\r\n";
  constexpr int kTurnMs = 1000;
  ASSIGN_OR_RETURN(const base::UniqueFd socket,
                   sys::StartConnectTcp(std::format("127.0.0.1:{}", port)));
  pollfd writable{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  poll(&writable, 1, kTurnMs);
  RETURN_IF_ERROR(sys::WriteSome(socket.get(), kNonsense.data(), kNonsense.size()).status());
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + std::chrono::minutes(1);
  while (clock.Monotonic() < until) {
    std::array<char, 512> buffer;
    const auto size = sys::ReadSome(socket.get(), buffer.data(), buffer.size());
    if (size.ok() ? *size == 0 : !absl::IsUnavailable(size.status())) {
      return absl::OkStatus();
    }
    pollfd readable{.fd = socket.get(), .events = POLLIN, .revents = 0};
    poll(&readable, 1, kTurnMs);
  }
  return absl::DeadlineExceededError("nobody answers nonsense");
}

}  // namespace ichor::qemu
