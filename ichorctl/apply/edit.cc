// `ichorctl edit machineconfig`: the config in an editor, again until the node takes it.
#include <cstdlib>
#include <filesystem>
#include <format>
#include <ostream>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "ichorctl/apply/current.h"
#include "ichorctl/apply/parts.h"
#include "ichorctl/apply/send.h"
#include "ichorctl/files/files.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeaderEnd = "# ------ the config begins below this line ------\n";

struct Options {
  Manner manner;
  std::string ns;  // there is one config, whatever the namespace
};

// A directory for one file, which is secret; removed at the end unless the file shall stay.
class EditedFile {
 public:
  static absl::StatusOr<std::unique_ptr<EditedFile>> Create() {
    std::string path = (fs::temp_directory_path() / "ichorctl-edit-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(path + ": cannot be made");
    }
    return std::unique_ptr<EditedFile>(new EditedFile(path));
  }
  ~EditedFile() {
    std::error_code error;
    if (!stays_) {
      fs::remove_all(directory_, error);
    }
  }
  EditedFile(const EditedFile&) = delete;
  EditedFile& operator=(const EditedFile&) = delete;

  std::string path() const { return (directory_ / "machineconfig.yaml").string(); }
  void Keep() { stays_ = true; }

 private:
  explicit EditedFile(fs::path directory) : directory_(std::move(directory)) {}

  const fs::path directory_;
  bool stays_ = false;
};

std::string Header(const std::string& node, std::string_view error) {
  std::string text = std::format("# Editing {} at node {}\n", kMachineConfigName, node);
  if (!error.empty()) {
    text += "#\n# It was not applied:\n";
    for (const auto line : absl::StrSplit(std::string(error), '\n')) {
      text += std::format("#   {}\n", std::string(line));
    }
  }
  return text + std::string(kHeaderEnd);
}

// Without the header; a person may have changed it, so it is what stands above its last line.
std::string WithoutHeader(const std::string& text) {
  const size_t end = text.starts_with("# Editing ") ? text.find(kHeaderEnd) : std::string::npos;
  return end == std::string::npos ? text : text.substr(end + kHeaderEnd.size());
}

std::string EditorOf(const Session& session) {
  for (const std::string_view name : {"TALOS_EDITOR", "ICHOR_EDITOR", "EDITOR"}) {
    if (const std::optional<std::string> editor = Variable(session, name)) {
      return *editor;
    }
  }
  return "vi";
}

absl::StatusOr<std::string> LetEdit(Session& session, EditedFile& file, const std::string& text) {
  RETURN_IF_ERROR(WriteOutput(session, file.path(), text, {.mode = 0600, .force = true}));
  const std::string editor = EditorOf(session);
  // The editor may have arguments, as the shell takes words apart; the path has no special letters.
  if (std::system((editor + " " + file.path()).c_str()) !=
      0) {  // NOLINT(bugprone-command-processor)
    return absl::AbortedError(std::format("the editor \"{}\" failed", editor));
  }
  ASSIGN_OR_RETURN(const std::string edited, ReadInput(session, file.path()));
  return WithoutHeader(edited);
}

absl::Status EditOne(Session& session, Nodes& nodes, const std::string& node,
                     const Options& options) {
  ASSIGN_OR_RETURN(const std::string before, CurrentConfig(nodes, node));
  ASSIGN_OR_RETURN(const std::unique_ptr<EditedFile> file, EditedFile::Create());
  std::string text = before;
  absl::Status failed;
  while (true) {
    const std::string error(failed.message());
    ASSIGN_OR_RETURN(const std::string edited, LetEdit(session, *file, Header(node, error) + text));
    if (!failed.ok() && edited == text) {
      file->Keep();
      session.err << std::format("A copy of your changes is in {}\n", file->path());
      return failed;
    }
    if (edited == before || edited.find_first_not_of(" \t\r\n") == std::string::npos) {
      session.err << "Apply was skipped: no changes detected.\n";
      return absl::OkStatus();
    }
    text = edited;
    failed = SendConfig(session, nodes, node, options.manner, text);
    if (failed.ok()) {
      return failed;
    }
  }
}

absl::Status Edit(const NodeFlags& flags, const Options& options, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  for (const std::string& node : nodes->names()) {
    RETURN_IF_ERROR(base::Annotate(EditOne(session, *nodes, node, options), node));
  }
  return absl::OkStatus();
}

}  // namespace

Command EditCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  std::vector<Flag> own = MannerFlags(options->manner);
  own.push_back(NamespaceFlag(options->ns));
  return {.name = "edit",
          .summary = "Opens the configs of nodes in an editor, and applies what becomes of them",
          .description =
              "The editor is $TALOS_EDITOR, $ICHOR_EDITOR, $EDITOR or vi. What the node "
              "refuses is opened again, with the reasons above it.",
          .flags = WithNodeFlags(flags, Maintenance::kNo, std::move(own)),
          .arguments = MachineConfigArguments(),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Edit(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
