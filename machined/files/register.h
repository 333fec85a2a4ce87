// The files room: wiring.
#pragma once

#include "lib/runtime/runtime.h"
#include "lib/sys/volume/mounts.h"
#include "machined/files/etc_files.h"

namespace ichor {

// Registers what renders the files of /etc and what writes them. `mounts` must outlive the
// process's workers.
void RegisterFiles(Runtime& runtime, sys::Mounts& mounts, EtcFiles::Places places);

}  // namespace ichor
