#include "ichorctl/dashboard/dashboard_command.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "ichorctl/control/waiting.h"
#include "ichorctl/nodes/access.h"
#include "ichorctl/nodes/connect.h"
#include "lib/base/status.h"
#include "lib/dashboard/board.h"
#include "lib/runtime/loop.h"
#include "lib/sys/terminal.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view kEnterScreen = "\x1b[?1049h";
constexpr std::string_view kLeaveScreen = "\x1b[?1049l\x1b[?25h";  // with a cursor again

struct Options {
  std::string interval = "3s";
};

dashboard::Paper PaperOf(const Session& session) {
  const sys::TerminalSize size = sys::SizeOfTerminal(STDOUT_FILENO);
  const bool colours =
      !Variable(session, "NO_COLOR") && Variable(session, "TERM").value_or("") != "dumb";
  return {.columns = size.columns,
          .rows = size.rows,
          .colours = colours,
          .blocks = colours ? dashboard::Blocks::kEighths : dashboard::Blocks::kAscii};
}

// Until somebody quits. The first connection must come about; later ones are waited for.
absl::Status Show(Session& session, const Access& access, dashboard::Board& board,
                  Connected connected) {
  board.Use(std::move(connected.client));
  while (!board.over()) {
    if (board.needs_client()) {
      absl::StatusOr<Connected> again = ConnectToOne(session, access, access.endpoints);
      if (again.ok()) {
        board.Use(std::move(again->client));
      } else {
        board.UseNone(std::string(again.status().message()));
      }
    }
    session.loop->Run();
  }
  return absl::OkStatus();
}

absl::Status Run(const NodeFlags& flags, const Options& options, Session& session) {
  ASSIGN_OR_RETURN(const std::chrono::seconds interval,
                   ParseTime("update-interval", options.interval));
  ASSIGN_OR_RETURN(const Access access, AccessOf(session, flags));
  ASSIGN_OR_RETURN(Connected connected, ConnectToOne(session, access, access.endpoints));
  if (!session.out_is_terminal) {
    return absl::FailedPreconditionError(
        "standard output is no terminal, which the dashboard needs: `ichorctl get`, `service` and "
        "`logs` say the same in lines");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::TerminalScreen> screen,
                   sys::TerminalScreen::Create(STDIN_FILENO));
  dashboard::Board::Options board_options{
      .interval = interval,
      .paper = [&session] { return PaperOf(session); },
      .write = [&session](const std::string& bytes) { session.out << bytes << std::flush; }};
  board_options.nodes.reserve(access.nodes.size());
  for (const std::string& node : access.nodes) {
    board_options.nodes.push_back({.name = node, .metadata = MetadataOf(access, node)});
  }
  dashboard::Board board(*session.loop, session.clock, std::move(board_options));
  sys::Poller& poller = session.loop->poller();
  RETURN_IF_ERROR(poller.Add(STDIN_FILENO, EPOLLIN, [&board](std::uint32_t /*ready*/) {
    const std::string bytes = sys::ReadTerminal(STDIN_FILENO);
    board.OnBytes(bytes.empty() ? "q" : bytes);  // its end is the end
  }));
  session.out << kEnterScreen;
  const absl::Status shown = Show(session, access, board, std::move(connected));
  session.out << kLeaveScreen << std::flush;
  poller.Remove(STDIN_FILENO);
  return shown;
}

}  // namespace

Command DashboardCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "dashboard",
          .summary = "Shows nodes as they are, on the whole terminal",
          .description =
              "F1: summary, F2: monitor, F3: logs; left and right, or h and l: another node; up "
              "and down, or k and j: another log; Ctrl+Z: pause; q: end.",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "update-interval",
                                   .letter = 'd',
                                   .value = "TIME",
                                   .help = "between the figures of the monitor",
                                   .target = &options->interval}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Run(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
