#include "lib/sys/unix_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <format>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(
        std::format("socket path \"{}\": expected 1 to {} bytes, got {}", path,
                    sizeof(address.sun_path) - 1, path.size()));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

absl::StatusOr<base::UniqueFd> NewSocket(int type = SOCK_STREAM) {
  base::UniqueFd fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.ok()) {
    return ErrnoError(errno, "create socket");
  }
  return fd;
}

absl::StatusOr<base::UniqueFd> Bind(const std::string& path, int type) {
  ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket(type));
  unlink(path.c_str());
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ErrnoError(errno, "bind " + path);
  }
  return fd;
}

// ECONNREFUSED and the like: whoever should be there is not.
absl::Status NobodyThere(const std::string& path, int error) {
  const absl::Status status = ErrnoError(error, "connect to " + path);
  return error == ENOENT ? status : absl::UnavailableError(status.message());
}

}  // namespace

absl::StatusOr<base::UniqueFd> ListenUnix(const std::string& path) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, Bind(path, SOCK_STREAM));
  if (listen(fd.get(), SOMAXCONN) != 0) {
    return ErrnoError(errno, "listen on " + path);
  }
  return fd;
}

absl::StatusOr<base::UniqueFd> BindDatagrams(const std::string& path) {
  return Bind(path, SOCK_DGRAM);
}

absl::StatusOr<base::UniqueFd> Accept(int listener) {
  base::UniqueFd fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd.ok()) {
    return absl::UnavailableError(ErrnoError(errno, "accept").message());
  }
  return fd;
}

absl::StatusOr<base::UniqueFd> ConnectUnix(const std::string& path) {
  ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket());
  // A stream socket of this family connects at once, or not at all.
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return NobodyThere(path, errno);
  }
  return fd;
}

absl::Status ProbeUnix(const std::string& path) {
  ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  ASSIGN_OR_RETURN(const base::UniqueFd fd, NewSocket());
  // EPROTOTYPE: it is served, but not as a stream.
  const bool served =
      connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno == EPROTOTYPE;
  return served ? absl::OkStatus() : NobodyThere(path, errno);
}

absl::StatusOr<PeerProcess> PeerOf(int fd) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return ErrnoError(errno, "ask for the peer's credentials");
  }
  return PeerProcess{.pid = credentials.pid, .uid = credentials.uid, .gid = credentials.gid};
}

absl::Status SetNonBlocking(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0
             ? absl::OkStatus()
             : ErrnoError(errno, "make the descriptor non-blocking");
}

absl::StatusOr<size_t> ReadSome(int fd, char* buffer, size_t size) {
  const ssize_t count = read(fd, buffer, size);
  if (count >= 0) {
    return static_cast<size_t>(count);
  }
  if (errno == EAGAIN || errno == EINTR) {
    return absl::UnavailableError("nothing to read");
  }
  return absl::AbortedError(ErrnoError(errno, "read from peer").message());
}

absl::StatusOr<size_t> WriteSome(int fd, const char* data, size_t size) {
  const ssize_t count = send(fd, data, size, MSG_NOSIGNAL);
  if (count >= 0) {
    return static_cast<size_t>(count);
  }
  if (errno == EAGAIN || errno == EINTR) {
    return 0;
  }
  return absl::AbortedError(ErrnoError(errno, "write to peer").message());
}

}  // namespace ichor::sys
