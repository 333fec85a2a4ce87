// TCP sockets: listening, connecting, and who is at the other end. See tcp(7), ipv6(7).
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

// A non-blocking socket that listens on `address`: "10.0.0.1:50000", "[fd00::1]:50000" (which need
// not be there yet), or ":50000" for every address of both families, or of IPv4 if the kernel has
// no other. Port 0 lets the kernel choose. InvalidArgument for another text; errors name the
// address.
absl::StatusOr<base::UniqueFd> ListenTcp(const std::string& address);

// The port that `listener` has.
absl::StatusOr<std::uint16_t> PortOf(int listener);

// A non-blocking connection to `address`, with an IP address in it, that is being made: it is
// writable once it stands, and WriteSome fails if it does not come about. InvalidArgument as
// ListenTcp. A peer that is gone is noticed within 20 s.
absl::StatusOr<base::UniqueFd> StartConnectTcp(const std::string& address);

// Makes an accepted connection send at once, and notice within minutes that the peer is gone.
void TuneTcp(int fd);

// Makes a connection that carries what others say send at once, and notice within half a minute or
// so that the peer is gone.
void TuneRelayedTcp(int fd);

// Tells the peer that nothing more comes; it may go on talking. See shutdown(2).
void EndSending(int fd);

// The other end of a connection, as "10.0.0.1:4711" or "[fd00::1]:4711"; IPv4 in IPv6 as the
// former.
absl::StatusOr<std::string> PeerAddress(int fd);

}  // namespace ichor::sys
