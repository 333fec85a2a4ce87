#include <filesystem>
#include <format>
#include <memory>
#include <ostream>
#include <system_error>

#include "common/common.pb.h"
#include "google/protobuf/empty.pb.h"
#include "ichorctl/fetch/fetch_commands.h"
#include "ichorctl/fetch/gunzip.h"
#include "ichorctl/fetch/kubeconfig.h"
#include "ichorctl/fetch/tar_reader.h"
#include "ichorctl/files/files.h"
#include "ichorctl/look/ask.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

struct Options {
  bool force = false;
  std::string context;
  bool merge = true;
};

// Keeps the contents of the file in the archive.
class Keeper : public TarSink {
 public:
  absl::Status Begin(const TarEntry& /*entry*/) override { return absl::OkStatus(); }
  absl::Status Contents(std::string_view bytes) override {
    text_ += bytes;
    return absl::OkStatus();
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::StatusOr<std::string> Fetch(const NodeFlags& flags, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("kubeconfig"));
  Keeper keeper;
  TarReader reader(keeper);
  Gunzip gunzip;
  RETURN_IF_ERROR(AskAll<common::Data>(
      *nodes, MachineMethod("Kubeconfig"), google::protobuf::Empty(),
      [&](const std::string&, const common::Data& data) {
        return gunzip.Feed(data.bytes(),
                           [&](std::string_view bytes) { return reader.Feed(bytes); });
      }));
  RETURN_IF_ERROR(gunzip.Finish());
  RETURN_IF_ERROR(reader.Finish());
  return keeper.text();
}

// The file that kubectl reads too.
absl::StatusOr<std::string> DefaultPath(const Session& session) {
  if (const std::optional<std::string> paths = Variable(session, "KUBECONFIG")) {
    return paths->substr(0, paths->find(':'));
  }
  if (const std::optional<std::string> home = Variable(session, "HOME")) {
    return (fs::path(*home) / ".kube" / "config").string();
  }
  return absl::NotFoundError("no kubeconfig: give a path, or set $KUBECONFIG or $HOME");
}

// A directory stands for the file in it.
absl::StatusOr<std::string> TargetOf(const Session& session, const Options& options,
                                     const Arguments& arguments) {
  if (arguments.empty()) {
    return options.merge ? DefaultPath(session) : std::string("kubeconfig");
  }
  std::error_code error;
  const fs::path path = arguments.front();
  return fs::is_directory(path, error) ? (path / "kubeconfig").string() : path.string();
}

OnConflict Ask(Session& session, const Options& options, const std::string& what,
               const std::string& name) {
  if (options.force) {
    return OnConflict::kOverwrite;
  }
  if (!session.err_is_terminal) {
    return OnConflict::kRename;
  }
  session.err << std::format("{} \"{}\" exists already [(r)ename/(o)verwrite]: ", what, name)
              << std::flush;
  std::string answer;
  std::getline(session.in, answer);
  return answer.starts_with('o') ? OnConflict::kOverwrite : OnConflict::kRename;
}

absl::Status Merge(Session& session, const Options& options, const std::string& path,
                   const std::string& text) {
  absl::StatusOr<std::string> before = ReadInput(session, path);
  if (absl::IsNotFound(before.status())) {
    before = "";
  }
  RETURN_IF_ERROR(before.status());
  const auto merged =
      MergeKubeconfig(*before, text, [&](const std::string& what, const std::string& name) {
        return Ask(session, options, what, name);
      });
  if (!merged.ok()) {
    return base::Annotate(merged.status(), path);
  }
  RETURN_IF_ERROR(WriteOutput(session, path, merged->text, {.force = true}));
  session.err << std::format("context \"{}\" is the current one of {}\n", merged->context, path);
  return absl::OkStatus();
}

absl::Status Run(const NodeFlags& flags, const Options& options, const Arguments& arguments,
                 Session& session) {
  ASSIGN_OR_RETURN(const std::string path, TargetOf(session, options, arguments));
  const bool whole = path == "-" || !options.merge;
  if (whole && path != "-") {
    RETURN_IF_ERROR(CheckOutput(path, options.force));
  }
  ASSIGN_OR_RETURN(std::string text, Fetch(flags, session));
  if (!options.context.empty()) {
    ASSIGN_OR_RETURN(text, RenameContext(text, options.context));
  }
  return whole ? WriteOutput(session, path, text, {.force = options.force})
               : Merge(session, options, path, text);
}

}  // namespace

Command KubeconfigCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "kubeconfig",
          .summary = "Fetches an administrator's kubeconfig from a control plane",
          .description =
              "It is merged into the first file of $KUBECONFIG, or ~/.kube/config, and "
              "its context becomes the current one.",
          .examples = {{.about = "into a file of its own",
                        .line = "ichorctl kubeconfig --merge=false cluster.yaml"}},
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "force",
                                   .letter = 'f',
                                   .help = "replaces what is there",
                                   .target = &options->force},
                                  {.name = "force-context-name",
                                   .value = "NAME",
                                   .help = "what the context is called",
                                   .target = &options->context},
                                  {.name = "merge",
                                   .letter = 'm',
                                   .help = "joins it with what the file has",
                                   .target = &options->merge}}),
          .arguments = {{.name = "PATH",
                         .help = "a file or directory; -: standard output",
                         .required = false,
                         .completes = Completes::kFile}},
          .run = [flags, options](Session& session, const Arguments& arguments) {
            return Run(*flags, *options, arguments, session);
          }};
}

}  // namespace ichor::ctl
