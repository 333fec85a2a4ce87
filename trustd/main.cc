#include "trustd/main.h"

#include <openssl/ssl.h>
#include <sys/epoll.h>

#include <memory>
#include <string>

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
#include "trustd/authority.h"

namespace ichor::trustd {
namespace {

constexpr const char* kStatePath = "/system/run/trustd/runtime.sock";

absl::Status Serve() {
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  ASSIGN_OR_RETURN(const base::UniqueFd termination, sys::TerminationRequests());
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);  // there will be no files
  // Anybody on the network may talk to it, and it holds the CA's key: it sees no file at all.
  RETURN_IF_ERROR(
      sys::Sandbox({.readable = {},
                    .writable = {},
                    .groups = {sys::SyscallGroup::kSockets, sys::SyscallGroup::kListen}}));
  LoopExecutor executor(*loop);
  Store store(clock);
  Runtime runtime(*loop, executor, store, clock);
  const Authority authority(*loop, runtime, clock);
  const state::Mirror mirror(
      {.loop = *loop, .runtime = runtime, .store = store, .clock = clock},
      {.path = kStatePath,
       .owner = "trustd",
       .follow = {TypeRef::Of<secrets::TrustdCertificate>(), TypeRef::Of<secrets::OSRootSecret>()},
       .publish = {}});
  RETURN_IF_ERROR(runtime.Validate());
  RETURN_IF_ERROR(
      loop->poller().Add(termination.get(), EPOLLIN, [&loop](std::uint32_t) { loop->Stop(); }));
  const HeapTrimmer trimmer(*loop, clock);
  loop->Run();
  return absl::OkStatus();
}

}  // namespace

int Main(int /*argc*/, char** /*argv*/) {
  const absl::Status status = Serve();
  if (!status.ok()) {
    base::Log(base::Severity::kError, "trustd: {}", base::MessageOf(status));
  }
  return status.ok() ? 0 : 1;
}

}  // namespace ichor::trustd
