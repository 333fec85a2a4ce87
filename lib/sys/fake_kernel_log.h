// A kernel log that a test writes.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/sys/kernel_log.h"

namespace ichor::sys {

class FakeKernelLog : public KernelLog {
 public:
  FakeKernelLog();
  ~FakeKernelLog() override;

  absl::StatusOr<std::unique_ptr<KernelLogReader>> Open(bool only_new) override;

  // Adds a record in the form of /dev/kmsg, and wakes the readers.
  void Add(std::string record);

 private:
  class Reader;
  std::vector<std::string> records_;
  std::set<Reader*> readers_;
};

}  // namespace ichor::sys
