#include "apid/main.h"

#include <openssl/ssl.h>
#include <sys/epoll.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "apid/gateway.h"
#include "apid/last_calls.h"
#include "apid/privileges.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/runtime/heap_trimmer.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/loop_executor.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/state/mirror.h"
#include "lib/sys/sandbox.h"
#include "lib/sys/termination.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::apid {
namespace {

struct Options {
  std::string state_path = "/system/run/apid/runtime.sock";
  std::string machined_path = "/system/run/machined/machine.sock";
  bool sandbox = true;
};

absl::StatusOr<Options> ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--no-sandbox") {
      options.sandbox = false;
    } else if (option == "--state" && i + 1 < argc) {
      options.state_path = argv[++i];
    } else if (option == "--machined" && i + 1 < argc) {
      options.machined_path = argv[++i];
    } else {
      return absl::InvalidArgumentError("unexpected argument " + std::string(option));
    }
  }
  return options;
}

// Passes on what has come in, without waiting.
void SayLastWords(Loop& loop) {
  constexpr int kTurns = 8;
  for (int turn = 0; turn < kTurns; ++turn) {
    loop.RunReady();
    loop.poller().Wait(std::chrono::nanoseconds(0));
  }
}

absl::Status Serve(const Options& options) {
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  ASSIGN_OR_RETURN(const base::UniqueFd termination, sys::TerminationRequests());
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);  // there will be no files
  if (options.sandbox) {
    RETURN_IF_ERROR(sys::Sandbox(Privileges()));
  }
  LoopExecutor executor(*loop);
  Store store(clock);
  Runtime runtime(*loop, executor, store, clock);
  Gateway gateway(*loop, runtime, clock, options.machined_path);
  const state::Mirror mirror(
      {.loop = *loop, .runtime = runtime, .store = store, .clock = clock},
      {.path = options.state_path,
       .owner = "apid",
       .follow = {TypeRef::Of<runtime::APIServiceConfig>(), TypeRef::Of<secrets::ApiCertificate>(),
                  TypeRef::Of<network::NodeAddress>(), TypeRef::Of<network::HostnameStatus>()},
       .publish = {}});
  RETURN_IF_ERROR(runtime.Validate());
  RETURN_IF_ERROR(loop->poller().Add(termination.get(), EPOLLIN, [&](std::uint32_t) {
    loop->poller().Remove(termination.get());
    StopAfterCalls(*loop, clock, [&gateway] { return gateway.calls(); });
  }));
  const HeapTrimmer trimmer(*loop, clock);
  loop->Run();
  SayLastWords(*loop);
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv) {
  const absl::StatusOr<Options> options = ParseOptions(argc, argv);
  const absl::Status status = options.ok() ? Serve(*options) : options.status();
  if (!status.ok()) {
    base::Log(base::Severity::kError, "apid: {}", base::MessageOf(status));
  }
  return status.ok() ? 0 : 1;
}

}  // namespace ichor::apid
