// UDP sockets of both families. See udp(7).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

struct UdpEndpoint {
  std::string address;  // bytes: 4 for IPv4, 16 for IPv6
  std::uint16_t port = 0;

  friend auto operator<=>(const UdpEndpoint&, const UdpEndpoint&) = default;
};

// Closes when it is destroyed; then nothing is received any more.
class UdpSocket {
 public:
  virtual ~UdpSocket() = default;
  // Does not block. FailedPrecondition if there is no way there.
  virtual absl::Status Send(const UdpEndpoint& to, std::string_view payload) = 0;
};

class Udp {
 public:
  // Called on the loop's thread; may destroy the socket.
  using OnDatagram = std::function<void(const UdpEndpoint& from, std::string_view payload)>;
  virtual ~Udp() = default;

  // A socket that hears what is sent to `local`, whose address need not be there yet.
  // FailedPrecondition if somebody else has it.
  virtual absl::StatusOr<std::unique_ptr<UdpSocket>> Listen(const UdpEndpoint& local,
                                                            OnDatagram on_datagram) = 0;

  // A socket with a port that the kernel chooses, for questions to `peer`, whose answers alone it
  // hears. FailedPrecondition if there is no way there.
  virtual absl::StatusOr<std::unique_ptr<UdpSocket>> Connect(const UdpEndpoint& peer,
                                                             OnDatagram on_datagram) = 0;
};

}  // namespace ichor::sys
