// Sockets in the file system, for peers on the same machine. See unix(7).
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

// A non-blocking socket that listens on `path`; a stale socket file there is replaced.
// InvalidArgument for a path that is empty or longer than 107 bytes.
absl::StatusOr<base::UniqueFd> ListenUnix(const std::string& path);

// A non-blocking socket at `path` that messages are sent to, which ReadSome reads one by one; a
// stale socket file there is replaced. Fails as ListenUnix.
absl::StatusOr<base::UniqueFd> BindDatagrams(const std::string& path);

// The next connection that waits on `listener`, non-blocking. Unavailable if there is none now, or
// if it could not be taken.
absl::StatusOr<base::UniqueFd> Accept(int listener);

// A non-blocking connection to the socket at `path`. NotFound or Unavailable if nobody listens
// there. InvalidArgument as ListenUnix. Does not block.
absl::StatusOr<base::UniqueFd> ConnectUnix(const std::string& path);

// A process at the other end of a socket, and as whom it ran when it connected.
struct PeerProcess {
  std::int32_t pid = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

// Who connected to, or serves, the other end of the unix socket `fd`. See SO_PEERCRED in unix(7).
absl::StatusOr<PeerProcess> PeerOf(int fd);

// Whether somebody serves the socket at `path`, whatever its type. Fails as ConnectUnix.
absl::Status ProbeUnix(const std::string& path);

// Makes calls on a descriptor that somebody else opened return instead of waiting. See fcntl(2).
absl::Status SetNonBlocking(int fd);

// Reads what is there into `buffer`, at most `size` bytes: how many; 0 at the end of the stream;
// Unavailable if there is nothing now.
absl::StatusOr<size_t> ReadSome(int fd, char* buffer, size_t size);

// Writes what fits now: how many bytes; 0 if nothing fits. A peer that is gone is an error, never a
// signal.
absl::StatusOr<size_t> WriteSome(int fd, const char* data, size_t size);

}  // namespace ichor::sys
