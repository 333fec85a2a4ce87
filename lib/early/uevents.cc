#include "lib/early/uevents.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "lib/early/text.h"

namespace ichor::early {

std::optional<CorruptBlock> ParseCorruptBlock(std::string_view device, std::string_view value) {
  const std::string_view type = TakeUntil(value, ',');
  const auto number = ToNumber(value);
  if ((type != "0" && type != "1") || !number.has_value()) return std::nullopt;
  return CorruptBlock{.device = device, .metadata = type == "1", .number = *number};
}

bool Uevents::Open() {
  socket_.Reset(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
  if (!socket_.ok()) return false;
  constexpr int kBuffer = 4 << 20;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kBuffer, sizeof(kBuffer));
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = 1;  // the kernel's own events
  return ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

bool Uevents::Next(int timeout_ms) {
  modalias_ = {};
  block_ = false;
  corrupt_.reset();
  pollfd waiting = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, std::max(timeout_ms, 0)) != 1) return false;
  const auto got = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  // An overrun says that events are lost: as if one of a block device was heard.
  block_ = got < 0 && errno == ENOBUFS;
  std::string_view rest(buffer_.data(), static_cast<std::size_t>(std::max<decltype(got)>(got, 0)));
  std::string_view name;
  std::string_view corrupt;
  while (!rest.empty()) {
    const std::string_view line = TakeUntil(rest, '\0');
    if (line.starts_with("MODALIAS=")) modalias_ = Part(line, 9);
    if (line == "SUBSYSTEM=block") block_ = true;
    if (line.starts_with("DEVNAME=")) name = Part(line, 8);
    if (line.starts_with("DM_VERITY_ERR_BLOCK_NR=")) corrupt = Part(line, 23);
  }
  corrupt_ = ParseCorruptBlock(name, corrupt);
  return true;
}

}  // namespace ichor::early
