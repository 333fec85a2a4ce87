#include "machined/init/process_table.h"

#include <cerrno>

namespace ichor::init {
namespace {

bool HasUntold(const Entry& entry) {
  return entry.tell_started || entry.tell_refused || entry.tell_exited || !entry.log.AllTold();
}

// Makes an entry as new. (Assigning a fresh one would take the stack for a log ring.)
void Clear(Entry& entry) {
  entry.used = false;
  entry.log_read.Reset();
  entry.log_write.Reset();
  entry.pidfd.Reset();
  entry.exec_status.Reset();
  entry.log.Clear();
  entry.cgroup = {};
  entry.id = {};
  entry.state = ProcessState::kExited;
  entry.pid = entry.last_pid = 0;
  entry.wait_status = 0;
  entry.started = {};
  entry.ended = {};
  entry.tell_started = entry.tell_refused = entry.tell_exited = entry.asked_to_end = false;
}

}  // namespace

Entry* ProcessTable::Find(std::string_view id) {
  for (Entry& entry : entries_) {
    if (entry.used && entry.name() == id) return &entry;
  }
  return nullptr;
}

Entry* ProcessTable::FindPid(pid_t pid) {
  for (Entry& entry : entries_) {
    if (entry.used && pid > 0 && entry.pid == pid) return &entry;
  }
  return nullptr;
}

Entry* ProcessTable::OldestEnded() {
  Entry* oldest = nullptr;
  for (Entry& entry : entries_) {
    if (entry.Runs() || HasUntold(entry)) continue;
    if (oldest == nullptr || entry.ended.boottime_ns < oldest->ended.boottime_ns) oldest = &entry;
  }
  return oldest;
}

Entry* ProcessTable::Take(std::string_view id) {
  Entry* place = Find(id);
  if (place != nullptr && (place->Runs() || place->tell_refused || place->tell_exited)) {
    errno = EEXIST;
    return nullptr;
  }
  if (place != nullptr) return place;
  for (Entry& entry : entries_) {
    if (place == nullptr && !entry.used) place = &entry;
  }
  if (place == nullptr) place = OldestEnded();
  if (place == nullptr) {
    errno = ENOSPC;
    return nullptr;
  }
  Clear(*place);
  SetText(place->id, id);
  place->used = true;
  return place;
}

void ProcessTable::ForgetTelling() {
  for (Entry& entry : entries_) {
    entry.tell_started = entry.tell_refused = entry.tell_exited = false;
    entry.log.TellAgain();
  }
}

}  // namespace ichor::init
