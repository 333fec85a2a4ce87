// A program that a test starts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::qemu {

// A running child. It is killed with its owner, and with this process however that ends.
class ChildProcess {
 public:
  // Starts words[0], searched in PATH. Its output goes to the end of the file `log`, its input is
  // empty. An error if the system has no process to give; a program that is not there is a child
  // that exits with 127.
  static absl::StatusOr<ChildProcess> Start(const std::vector<std::string>& words,
                                            const std::string& log);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  // Becomes readable when the child has ended; owned here.
  int descriptor() const { return pidfd_.get(); }

  // Kills it and reaps it. Nothing happens if it is gone.
  void Kill();

  // Blocks until it ends. An error says how it ended if that was not with 0.
  absl::Status Wait();

 private:
  ChildProcess(int pid, base::UniqueFd pidfd);

  int pid_ = -1;  // -1 once it is reaped
  base::UniqueFd pidfd_;
};

// The port that a child says it listens on: the number behind the words `before` in its log. Blocks
// until it does, for `patience` at most. An error has the log.
absl::StatusOr<std::uint16_t> PortOf(const ChildProcess& child, const std::string& log,
                                     std::string_view before,
                                     std::chrono::seconds patience = std::chrono::seconds(60));

// Runs a program to its end. Its output is at the end of the file `log`.
absl::Status RunTool(const std::vector<std::string>& words, const std::string& log);

// Runs a program to its end, and returns what it printed, which is at the end of the file `log`
// too. An error has it.
absl::StatusOr<std::string> OutputOf(const std::vector<std::string>& words, const std::string& log);

}  // namespace ichor::qemu
