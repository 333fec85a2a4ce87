// `ichorctl logs` and `ichorctl dmesg`
#include "ichorctl/look/ask.h"
#include "ichorctl/look/lines.h"
#include "ichorctl/look/parts.h"
#include "ichorctl/look/runtime.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

struct Options {
  bool kubernetes = false;
  bool follow = false;
  int lines = -1;
  bool tail = false;
};

}  // namespace

Command LogsCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "logs",
          .summary = "Shows what a service or container wrote",
          .flags = WithNodeFlags(flags, Maintenance::kYes,
                                 {KubernetesFlag(&options->kubernetes),
                                  {.name = "follow",
                                   .letter = 'f',
                                   .help = "and what it writes from now on",
                                   .target = &options->follow},
                                  {.name = "tail",
                                   .value = "LINES",
                                   .help = "the last lines only; -1: all",
                                   .target = &options->lines}}),
          .arguments = {{.name = "SERVICE", .help = "a name of `ichorctl service`"}},
          .run = [flags, options](Session& session, const std::vector<std::string>& arguments) {
            auto request = OfRuntime<machine::LogsRequest>(options->kubernetes);
            request.set_id(arguments.front());
            request.set_follow(options->follow);
            request.set_tail_lines(options->lines);
            return ShowLines(session, *flags, MachineMethod("Logs"), request);
          }};
}

Command DmesgCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "dmesg",
          .summary = "Shows the kernel's log",
          .flags = WithNodeFlags(flags, Maintenance::kYes,
                                 {{.name = "follow",
                                   .letter = 'f',
                                   .help = "and what comes from now on",
                                   .target = &options->follow},
                                  {.name = "tail",
                                   .help = "with --follow: only what comes from now on",
                                   .target = &options->tail}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            machine::DmesgRequest request;
            request.set_follow(options->follow);
            request.set_tail(options->tail);
            return ShowLines(session, *flags, MachineMethod("Dmesg"), request);
          }};
}

}  // namespace ichor::ctl
