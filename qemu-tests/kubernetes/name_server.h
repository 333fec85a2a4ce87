// A server of one name, for machines that are to learn later where it leads.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "qemu-tests/child_process.h"

namespace ichor::qemu {

// At port 53 of this machine, which a guest reaches as 10.0.2.2. It knows no name at first.
class NameServer {
 public:
  // Blocks until it listens. An error has what it said: another program may have the port.
  static absl::StatusOr<NameServer> Start(const std::string& name);

  // Where the name leads from now on, and nowhere else: addresses of one family, in a record of
  // `type` ("A", "AAAA"). Whoever asked before knows the old one for a second.
  absl::Status Answer(const std::string& type, const std::string& address) const;

 private:
  NameServer(ChildProcess child, std::string records)
      : child_(std::move(child)), records_(std::move(records)) {}

  ChildProcess child_;
  std::string records_;  // the file that it reads for each question
};

}  // namespace ichor::qemu
