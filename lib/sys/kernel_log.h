// The kernel's log, record by record.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace ichor::sys {

// A position in the kernel's log. Does not block.
class KernelLogReader {
 public:
  virtual ~KernelLogReader() = default;

  // The next record, in the form of /dev/kmsg; nothing if there is none now. Records that were
  // overwritten before they were read are left out.
  virtual absl::StatusOr<std::optional<std::string>> Next() = 0;

  // Readable (EPOLLIN) when there is a record. Stays the reader's.
  virtual int fd() const = 0;
};

class KernelLog {
 public:
  virtual ~KernelLog() = default;

  // A reader of all that the kernel still has and of what comes, or only of what comes.
  // PermissionDenied without CAP_SYSLOG. See Documentation/ABI/testing/dev-kmsg.
  virtual absl::StatusOr<std::unique_ptr<KernelLogReader>> Open(bool only_new) = 0;
};

}  // namespace ichor::sys
