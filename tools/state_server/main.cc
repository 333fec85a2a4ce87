// state-server: an empty, unrestricted state on a unix socket, as a peer for tests and
// measurements.
#include <cstdio>
#include <format>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/store.h"
#include "lib/state/state_service.h"

namespace ichor {
namespace {

constexpr char kUsage[] =
    "Usage: state-server --socket PATH\n"
    "\n"
    "Serves cosi.resource.State on the unix socket PATH: empty at first, any namespace, type and "
    "owner,\n"
    "specs kept as the bytes they came in. Ends on SIGTERM or SIGINT.\n";

absl::Status Serve(const std::string& path) {
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  Store store(clock);
  state::StateServiceOptions options;
  options.handlers.typing = SpecTyping::kOpaque;
  state::StateService service(*loop, store, clock, options);
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                   rpc::Server::Create(*loop, {.path = path}));
  service.Serve(*server);
  loop->Run();
  return absl::OkStatus();
}

}  // namespace
}  // namespace ichor

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::fputs(ichor::kUsage, stdout);
    return 0;
  }
  if (argc != 3 || std::string_view(argv[1]) != "--socket") {
    std::fputs(ichor::kUsage, stderr);
    return 2;
  }
  if (const absl::Status status = ichor::Serve(argv[2]); !status.ok()) {
    ichor::base::LogLine(ichor::base::Severity::kError, ichor::base::MessageOf(status));
    return 1;
  }
}
