// init as PID 1 of a fresh namespace, for its tests.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "lib/base/unique_fd.h"
#include "machined/init/messages.h"
#include "machined/init/protocol.h"

namespace ichor::init {

// A message as received; fixed part by Fixed<T>(), the rest as text.
struct Event {
  std::string bytes;

  bool Is(Type type) const {
    return !bytes.empty() && TypeOf(std::as_bytes(std::span(bytes))) == type;
  }
  template <typename T>
  T As() const {
    return Fixed<T>(std::as_bytes(std::span(bytes)));
  }
  std::string TailText() const;
};

// machined's place, taken by the test: the socket to init, and how machined was called.
class TestMachined {
 public:
  TestMachined(base::UniqueFd fd, std::string arguments)
      : fd_(std::move(fd)), arguments_(std::move(arguments)) {}

  const std::string& arguments() const { return arguments_; }
  void Send(const std::string& message) const;
  // The next event; fails the test after 30 s, and gives an empty one at the end of the connection.
  Event Next() const;
  // Events until one of the type, that one included.
  std::vector<Event> Until(Type type) const;

 private:
  base::UniqueFd fd_;
  std::string arguments_;
};

// A root directory of its own with init, the helper program as machined, and nothing that could
// reach the machine: in user, mount, PID, IPC and UTS namespaces, without cgroups, /sys and kernel
// log. The end of the object ends them all.
class InitSandbox {
 public:
  // `tries`: the slot is on trial.
  explicit InitSandbox(bool tries = false);
  InitSandbox(const InitSandbox&) = delete;
  InitSandbox& operator=(const InitSandbox&) = delete;
  ~InitSandbox();

  // The next machined that init starts.
  TestMachined Accept() const;
  // A command for the helper under a name.
  Command Helper(const std::string& id, const std::vector<std::string>& argv) const;
  // The path, outside and inside, of a directory that both sides see.
  const std::string& shared() const { return shared_; }

  // Sends init a signal from outside.
  void Signal(int number) const;
  // Waits for the end of init and gives its wait status.
  int Wait();
  // What init said so far.
  std::string Console() const;
  // How many children of init there are in a state such as 'Z'.
  int Children(char state) const;

 private:
  std::string shared_;
  base::UniqueFd listener_;
  pid_t outer_ = -1;  // waits for init
  pid_t init_ = -1;
};

}  // namespace ichor::init
