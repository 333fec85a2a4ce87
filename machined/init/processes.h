// Starting, hearing and reaping processes.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/early/console.h"
#include "machined/init/crash_records.h"
#include "machined/init/line_splitter.h"
#include "machined/init/poll.h"
#include "machined/init/process_table.h"
#include "machined/init/protocol.h"
#include "machined/init/spawn.h"

namespace ichor::init {

// What a round of reaping found.
struct Reaped {
  bool machined_ended = false;
  bool none_left = false;  // there is no child at all any more
  bool more = false;       // there may be more to reap: call again soon
};

// Owns the table and the crash records. Log bytes of machined also go to the console.
class Processes {
 public:
  Processes(const Poll& poll, const early::Console& console) : poll_(poll), console_(console) {}

  ProcessTable& table() { return table_; }
  const CrashRecords& crashes() const { return crashes_; }

  // Starts a process under an id, in the cgroup; `launch` lacks only its log and its cgroup. What
  // fails before there is a child is the result, with the stage; what the child cannot do is told
  // to machined later. A cgroup that cannot be made is a failure only where there is a cgroup tree.
  Failure Start(std::string_view id, std::string_view cgroup, Launch launch);

  // Sends a signal as the request says. 0 or an errno.
  int SendSignal(const Signal& request);

  // Called when a log or an exec status is readable.
  void ReadLog(std::uint32_t index);
  void ReadExecStatus(std::uint32_t index);

  // Takes the ends of children, those of strangers too.
  Reaped Reap();

  // From now on every end is expected: no crash records.
  void ExpectEnds() { ends_expected_ = true; }

 private:
  bool EnsureLog(Entry& entry);
  bool ReadSomeLog(Entry& entry);
  void ReadStatus(Entry& entry);
  void Ended(Entry& entry, int wait_status);
  void NoteCrash(const Entry& entry);

  const Poll& poll_;
  const early::Console& console_;
  ProcessTable table_;
  CrashRecords crashes_;
  LineSplitter machined_lines_;
  bool ends_expected_ = false;
};

}  // namespace ichor::init
