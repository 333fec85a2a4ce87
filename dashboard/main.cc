#include "dashboard/main.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/dashboard/board.h"
#include "lib/rpc/client.h"
#include "lib/runtime/heap_trimmer.h"
#include "lib/runtime/loop.h"
#include "lib/sys/terminal.h"

namespace ichor::dashboard {
namespace {

// The kernel's own console knows colours and some letters that are no text; what is at the other
// end of a serial line knows neither for sure.
Paper PaperOf(bool is_kernel_console) {
  const sys::TerminalSize size = sys::SizeOfTerminal(STDOUT_FILENO);
  return {.columns = size.columns,
          .rows = size.rows,
          .colours = is_kernel_console,
          .blocks = is_kernel_console ? Blocks::kShades : Blocks::kAscii};
}

// Keys, as long as there is somebody to press them: what is no terminal cannot be waited for.
void ReadKeys(Loop& loop, Board& board) {
  const absl::Status watched =
      loop.poller().Add(STDIN_FILENO, EPOLLIN, [&loop, &board](std::uint32_t /*ready*/) {
        const std::string bytes = sys::ReadTerminal(STDIN_FILENO);
        if (bytes.empty()) {
          loop.poller().Remove(STDIN_FILENO);
        }
        board.OnBytes(bytes);
      });
  if (!watched.ok()) {
    base::Log(base::Severity::kWarning, "dashboard: no keys: {}", base::MessageOf(watched));
  }
}

absl::Status Run(const std::string& path) {
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  if (const absl::Status made = sys::MakeScreen(STDOUT_FILENO); !made.ok()) {
    base::Log(base::Severity::kWarning, "dashboard: {}", base::MessageOf(made));
  }
  const bool is_kernel_console = sys::ShowTerminal(STDOUT_FILENO).ok();
  Board board(*loop, clock,
              {.nodes = {{.name = "this node", .metadata = {}}},
               .can_quit = false,
               .paper = [is_kernel_console] { return PaperOf(is_kernel_console); },
               .write =
                   [](const std::string& bytes) {
                     if (const absl::Status written = sys::WriteTerminal(STDOUT_FILENO, bytes);
                         !written.ok()) {
                       base::Log(base::Severity::kWarning, "dashboard: {}",
                                 base::MessageOf(written));
                     }
                   }});
  ReadKeys(*loop, board);
  const HeapTrimmer trimmer(*loop, clock);
  while (!board.over()) {
    if (board.needs_client()) {
      absl::StatusOr<std::unique_ptr<rpc::Client>> client = rpc::Client::Connect(*loop, path);
      if (client.ok()) {
        board.Use(*std::move(client));
      } else {
        board.UseNone("machined does not answer");
      }
    }
    loop->Run();
  }
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv) {
  std::string path = "/system/run/machined/machine.sock";
  if (argc == 3 && std::string_view(argv[1]) == "--socket") {
    path = argv[2];
  }
  if (const absl::Status status = Run(path); !status.ok()) {
    base::LogLine(base::Severity::kError, base::MessageOf(status));
    return 1;
  }
  return 0;
}

}  // namespace ichor::dashboard
