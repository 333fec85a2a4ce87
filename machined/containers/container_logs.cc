#include "machined/containers/container_logs.h"

#include <sys/epoll.h>

#include <utility>

#include "lib/base/status.h"
#include "lib/sys/ownership.h"
#include "lib/sys/unix_socket.h"

namespace ichor {

absl::StatusOr<std::unique_ptr<ContainerLogs>> ContainerLogs::Create(Loop& loop,
                                                                     const std::string& socket,
                                                                     OnLog on_log) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, sys::BindDatagrams(socket));
  RETURN_IF_ERROR(sys::SetOwnership(socket, {.mode = 0600}));
  std::unique_ptr<ContainerLogs> logs(new ContainerLogs(loop, std::move(fd), std::move(on_log)));
  RETURN_IF_ERROR(loop.poller().Add(logs->fd_.get(), EPOLLIN,
                                    [raw = logs.get()](std::uint32_t) { raw->Receive(); }));
  return logs;
}

ContainerLogs::ContainerLogs(Loop& loop, base::UniqueFd fd, OnLog on_log)
    : loop_(loop), fd_(std::move(fd)), on_log_(std::move(on_log)), buffer_(8 << 10, '\0') {}

ContainerLogs::~ContainerLogs() {
  loop_.poller().Remove(fd_.get());
}

// At most so many at once: others have their turn too.
void ContainerLogs::Receive() {
  constexpr int kAtOnce = 32;
  for (int i = 0; i < kAtOnce; ++i) {
    const absl::StatusOr<size_t> size = sys::ReadSome(fd_.get(), buffer_.data(), buffer_.size());
    if (!size.ok()) {
      return;
    }
    const std::string_view message(buffer_.data(), *size);
    const size_t end = message.find('\0');
    if (end != std::string_view::npos && end != 0) {
      on_log_(message.substr(0, end), message.substr(end + 1));
    }
  }
}

}  // namespace ichor
