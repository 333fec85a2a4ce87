// The commands below `gen`, and what they share.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ichorctl/cli/command.h"
#include "ichorctl/cli/session.h"
#include "lib/pki/identity.h"

namespace ichor::ctl {

// The flag --force of `gen`, which every command below it has.
using Force = std::shared_ptr<const bool>;

Command ConfigsCommand(const Force& force);
Command SecretsCommand(const Force& force);
Command CaCommand(const Force& force);
Command KeyCommand(const Force& force);
Command CsrCommand(const Force& force);
Command CrtCommand(const Force& force);
Command KeyPairCommand(const Force& force);
Command SecureBootCommand(const Force& force);

// One file to be written.
struct OutputFile {
  std::string path;
  std::string contents;
};

// Writes all of `files`, for their owner alone, or none if one of them is there and may not be
// replaced; says which were written on standard error.
absl::Status WriteFiles(Session& session, const std::vector<OutputFile>& files, bool force);

// The lifetime of `hours`. InvalidArgument if that is not positive.
absl::StatusOr<std::chrono::hours> LifetimeOf(int hours);

}  // namespace ichor::ctl
