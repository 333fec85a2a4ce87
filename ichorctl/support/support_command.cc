#include "ichorctl/support/support_command.h"

#include <format>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "ichorctl/control/progress.h"
#include "ichorctl/files/files.h"
#include "ichorctl/look/format.h"
#include "ichorctl/nodes/nodes.h"
#include "ichorctl/support/collect.h"
#include "ichorctl/support/zip_writer.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

struct Options {
  std::string output = "support.zip";
  bool verbose = false;
  bool no_encryption = false;
  std::vector<std::string> recipients;
  int workers = 1;
};

// Whether `path` may be written: a person is asked if something is there.
absl::Status MayWrite(Session& session, const std::string& path) {
  if (!absl::IsAlreadyExists(CheckOutput(path, false))) {
    return absl::OkStatus();
  }
  session.err << std::format("{} exists already. Replace it? [y/N] ", path) << std::flush;
  std::string answer;
  std::getline(session.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes"
             ? absl::OkStatus()
             : absl::CancelledError(std::format("{} stays as it is", path));
}

absl::Status Collect(const NodeFlags& flags, const Options& options, Session& session) {
  if (!options.recipients.empty()) {
    return absl::UnimplementedError(
        "--encryption-recipients: this version does not encrypt; `age -r RECIPIENT` can do so "
        "afterwards");
  }
  RETURN_IF_ERROR(MayWrite(session, options.output));
  ASSIGN_OR_RETURN(const Access access, AccessOf(session, flags));
  const bool live = session.err_is_terminal && !options.verbose;
  Progress progress(session, access.nodes, live);
  ZipWriter zip(session.clock.Now());
  std::vector<std::string> silent;
  for (const std::string& node : access.nodes) {
    std::string first_error;
    const size_t files = CollectFrom(
        session, flags, node,
        [&](const std::string& step) {
          if (live || options.verbose) {
            progress.Say(node, step);
          }
        },
        [&](const std::string& path, std::string_view contents) {
          zip.Add(std::format("{}/{}", node, path), contents);
          if (path == "errors.txt") {
            first_error = contents.substr(0, contents.find('\n'));
          }
        });
    if (files == 0) {
      silent.push_back(std::format("{}: {}", node, first_error));
    }
    progress.End(node, files == 0 ? first_error : std::format("{} files", files), files > 0);
  }
  if (silent.size() == access.nodes.size()) {
    std::string lines;
    for (const std::string& line : silent) {
      lines += (lines.empty() ? "" : "\n") + line;
    }
    return absl::UnavailableError(lines);
  }
  const std::string archive = std::move(zip).Finish();
  RETURN_IF_ERROR(WriteOutput(session, options.output, archive, {.mode = 0600, .force = true}));
  session.err << std::format(
      "wrote {} ({}): it has no keys and tokens of the config, but addresses, names and logs\n",
      options.output, Humanized(archive.size()));
  return silent.empty() ? absl::OkStatus()
                        : absl::UnavailableError(std::format("{} of {} nodes gave nothing",
                                                             silent.size(), access.nodes.size()));
}

}  // namespace

Command SupportCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "support",
          .summary = "Collects what helps to find the cause of a trouble, as a zip",
          .description =
              "For each node a directory: logs, services, processes, resources, and the "
              "config without its secrets. What a node does not give is named in its "
              "errors.txt.",
          .flags = WithNodeFlags(flags, Maintenance::kYes,
                                 {{.name = "output",
                                   .letter = 'O',
                                   .value = "FILE",
                                   .help = "where it goes",
                                   .target = &options->output,
                                   .completes = Completes::kFile},
                                  {.name = "verbose",
                                   .letter = 'v',
                                   .help = "a line for each file",
                                   .target = &options->verbose},
                                  {.name = "no-encryption",
                                   .help = "for scripts: this version does not encrypt anyway",
                                   .target = &options->no_encryption},
                                  {.name = "encryption-recipients",
                                   .value = "RECIPIENT",
                                   .help = "not in this version",
                                   .target = &options->recipients,
                                   .hidden = true},
                                  {.name = "num-workers",
                                   .letter = 'w',
                                   .value = "NUMBER",
                                   .help = "for scripts: one after the other is fast enough",
                                   .target = &options->workers,
                                   .hidden = true}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Collect(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
