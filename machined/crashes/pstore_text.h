// What the firmware kept of the kernel's log over a restart (pstore), as crashes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ichor/boot.resources.h"

namespace ichor {

// One record of pstore: a part of the end of a kernel's log.
struct PstoreFile {
  std::string name;          // in the directory
  std::int64_t seconds = 0;  // since 1970, when it was written
  std::string text;
};

// The parts of one end, "Panic#1 Part2" and so on, as the kernel's documentation of pstore has it.
struct KernelEnd {
  std::string reason;  // "Panic", "Oops", "Shutdown"
  std::int64_t seconds = 0;
  std::string log;  // oldest line first, without priorities
  std::vector<std::string> files;
};

// Puts parts together that belong to one end; the oldest end first. What is no part of a kernel's
// log is left out.
std::vector<KernelEnd> JoinParts(std::vector<PstoreFile> files);

// The crashes of an end, oldest first: the processes that init named in its last words, and the
// kernel itself unless it was an orderly end. At most the last 16 KiB of the log go with it.
std::vector<boot::CrashRecord::Spec> CrashesOf(const KernelEnd& end);

}  // namespace ichor
