// The harness's end of the injector: qemu-tests/injector/injector.cc says what it can do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/unique_fd.h"

namespace ichor::qemu {

struct GuestProcess {
  int pid = 0;
  int parent = 0;
  char state = '?';  // as in proc_pid_stat(5)
  std::uint64_t resident_kib = 0;
  std::string name;  // at most 15 characters
};

// Every method blocks until the guest has answered, at most for NodeApi::kPatience. Aborted if the
// machine ends.
class Injector {
 public:
  // Connects to QEMU's socket, which is there soon after QEMU started. `machine` becomes readable
  // when it has ended, and outlives this.
  static absl::StatusOr<Injector> Connect(const std::string& path, int machine);

  // Waits for the injector of the next boot, which holds up /init until it is told to let it go.
  absl::Status WaitForBoot();

  // Says a line and returns the answer.
  absl::StatusOr<std::string> Ask(const std::string& line);
  // The same, and the answer must be `expected`.
  absl::Status Tell(const std::string& line, const std::string& expected);
  // For what is not answered.
  absl::Status Send(const std::string& line);

  // The next line that is said.
  absl::StatusOr<std::string> Line();

  // All processes but the kernel's own, and the dead that nobody reaped.
  absl::StatusOr<std::vector<GuestProcess>> Processes();

 private:
  Injector(base::UniqueFd socket, int machine) : socket_(std::move(socket)), machine_(machine) {}

  base::RealClock clock_;
  base::UniqueFd socket_;
  int machine_;
  std::string heard_;  // behind the last line
};

}  // namespace ichor::qemu
