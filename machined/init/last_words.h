// What init says of crashes when the node goes down, for the next boot: firmware that keeps the end
// of the kernel's log (pstore) brings it there.
#pragma once

#include "lib/early/text.h"
#include "machined/init/crash_records.h"

namespace ichor::init {

using CrashLine = early::Text<640>;

// "crash record 3 at 1732204800123456789: machined, process 175, status 139: the end of its log".
// The time is in nanoseconds since 1970, the status as wait(2) gives it, the log's last line cut to
// 200 characters. machined reads it: machined/crashes/pstore_text.h.
CrashLine DescribeCrash(const CrashRecord& record);

}  // namespace ichor::init
