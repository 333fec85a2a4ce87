#include "machined/main.h"

#include <memory>
#include <string_view>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/daemon.h"
#include "machined/init/protocol.h"

namespace ichor::machined {

int Main(int argc, char** argv) {
  DaemonOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--no-checkpoint") {
      options.checkpoint = false;
    } else if (argument == "--last-known-good") {
      options.last_known_good = true;
    } else {
      base::Log(base::Severity::kWarning, "machined: no argument \"{}\"", argument);
    }
  }
  static const base::RealClock kClock;
  absl::StatusOr<std::unique_ptr<Daemon>> daemon =
      Daemon::Create(base::UniqueFd(init::kMachinedFd), std::move(options), kClock);
  if (!daemon.ok()) {
    base::LogLine(base::Severity::kError, base::MessageOf(daemon.status()));
    return 1;
  }
  (*daemon)->Run();
  return 0;
}

}  // namespace ichor::machined
