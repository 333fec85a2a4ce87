// Stands in for machined, and for what it starts, in the tests of init. As "machined" it hands its
// end of init's socket and its arguments to the test, and waits to be killed: the test itself
// speaks the protocol. Under other names:
//   say TEXT…     writes each argument as a line, and ends with 7
//   ticker FILE   writes a line, then one more for each byte that appears in the file, for ever
//   abort TEXT    writes a line and dies by SIGABRT
//   orphans N     leaves N children behind that end at once
//   identity      writes uid, gid, capabilities, no_new_privs and descriptors
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

#include "machined/init/protocol.h"

namespace {

void Line(const std::string& text) {
  const std::string line = text + "\n";
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
}

[[noreturn]] void HandOver(std::span<char*> arguments) {
  std::string text;
  for (const char* argument : arguments)
    text += std::string(argument) + " ";
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/test/socket"};
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
  if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
    ::_exit(3);
  std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec data = {.iov_base = text.data(), .iov_len = text.size()};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &ichor::init::kMachinedFd, sizeof(int));
  if (::sendmsg(fd, &message, 0) < 0) ::_exit(4);
  Line("machined of the test runs");
  for (;;)
    ::pause();
}

[[noreturn]] void Tick(const char* path) {
  std::size_t seen = 0;
  Line("tick 0");
  for (;;) {
    std::array<char, 64> bytes{};
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    const auto size =
        static_cast<std::size_t>(std::max<ssize_t>(::read(fd, bytes.data(), bytes.size()), 0));
    ::close(fd);
    for (; seen < size; ++seen)
      Line("tick " + std::to_string(seen + 1));
    ::poll(nullptr, 0, 5);
  }
}

void LeaveOrphans(int count) {
  for (int i = 0; i < count; ++i) {
    if (::fork() == 0) {
      ::poll(nullptr, 0, 20);
      ::_exit(0);
    }
  }
}

void SayIdentity() {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> data = {};
  ::syscall(SYS_capget, &header, data.data());
  std::string open;
  for (int fd = 0; fd < 64; ++fd)
    open += ::fcntl(fd, F_GETFD) >= 0 ? " " + std::to_string(fd) : "";
  Line("uid " + std::to_string(::getuid()) + " gid " + std::to_string(::getgid()));
  Line("effective " + std::to_string(data[0].effective));
  Line("no_new_privs " + std::to_string(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
  Line("descriptors" + open);
  Line("session " + std::to_string(static_cast<int>(::getsid(0) == ::getpid())));
}

}  // namespace

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  const std::string name = arguments[0];
  if (name == "machined") HandOver(arguments);
  if (name == "ticker") Tick(arguments[1]);
  if (name == "say") {
    for (const char* text : arguments.subspan(1))
      Line(text);
  }
  if (name == "abort") {
    Line(arguments[1]);
    ::signal(SIGABRT, SIG_DFL);
    ::kill(::getpid(), SIGABRT);
  }
  if (name == "orphans") LeaveOrphans(std::atoi(arguments[1]));
  if (name == "identity") SayIdentity();
  ::_exit(7);
}
