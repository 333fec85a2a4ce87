// machined's side of protocol.h: requests packed from ordinary strings. Not for init, which has no
// standard library.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "machined/init/protocol.h"

namespace ichor::init {

// A process to start; what the fields mean is said at Start in protocol.h.
struct Command {
  std::string id;
  std::string path;               // absolute
  std::vector<std::string> argv;  // with the name of the program; empty means {path}
  std::vector<std::string> env;   // "NAME=value"
  std::string cgroup;
  std::string tty;
  std::uint64_t capabilities = 0;
  std::uint64_t nofile = 0;
  std::uint64_t fingerprint = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t oom_score_adj = 0;
  std::int32_t nice = 0;
  std::uint32_t flags = kNoNewPrivileges;
};

// The bytes of a Start. InvalidArgument, naming the id, if init would refuse the request as
// malformed.
absl::StatusOr<std::string> PackStart(const Command& command);

// The bytes of a message without a variable part; `message` comes from Make<T>().
template <typename T>
std::string Pack(const T& message) {
  return std::string(reinterpret_cast<const char*>(&message), sizeof(T));
}

// The name of a stage for messages to people, such as "exec".
std::string_view StageName(Stage stage);

}  // namespace ichor::init
