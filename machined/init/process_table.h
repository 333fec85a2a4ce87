// The processes that init started, by id.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/early/fd.h"
#include "machined/init/log_ring.h"
#include "machined/init/protocol.h"

namespace ichor::init {

// One id, from its first start on. The log's pipe stays while the id is known, both ends of it:
// what a process left behind may still write there when the process is gone, and its successor's
// lines come the same way.
struct Entry {
  bool used = false;
  Id id{};
  std::array<char, 128> cgroup{};
  ProcessState state = ProcessState::kExited;
  pid_t pid = 0;       // 0 if it does not run
  pid_t last_pid = 0;  // of the process that ran last
  early::Fd pidfd;
  early::Fd exec_status;  // says the failed stage, or ends when the program runs; closed then
  early::Fd log_read;
  early::Fd log_write;
  std::int32_t wait_status = 0;
  Time started;
  Time ended;
  std::uint64_t fingerprint = 0;  // as in its Start
  bool asked_to_end = false;      // a signal was sent on request
  // What machined has not been told yet; the order is as here, with the log before the end.
  bool tell_started = false;
  bool tell_refused = false;
  bool tell_exited = false;
  Stage refused_stage{};
  std::int32_t refused_error = 0;
  LogRing log;

  std::string_view name() const { return Text(id); }
  bool Runs() const { return used && state != ProcessState::kExited; }
};

class ProcessTable {
 public:
  // The entry of an id; null if it is not known.
  Entry* Find(std::string_view id);
  // The entry whose main process this is; null for any other process, such as an orphan.
  Entry* FindPid(pid_t pid);
  // A place for a process: the id's own if that has ended, else a free one, else that of the
  // process that ended longest ago and has nothing untold. Null, with errno EEXIST if the id runs
  // or its end is untold, ENOSPC if there is no place. Logs of the id stay.
  Entry* Take(std::string_view id);

  std::span<Entry> entries() { return entries_; }
  std::size_t IndexOf(const Entry& entry) const {
    return static_cast<std::size_t>(&entry - entries_.data());
  }

  // machined is new: its List says what ended, and it gets what is left of every log.
  void ForgetTelling();

 private:
  Entry* OldestEnded();

  std::array<Entry, kMaxProcesses> entries_;
};

}  // namespace ichor::init
