#include "machined/init/messages.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace ichor::init {
namespace {

absl::Status Malformed(const Command& command, const char* what) {
  return absl::InvalidArgumentError(absl::StrCat("start process \"", command.id, "\": ", what));
}

bool AddString(const std::string& text, std::string& out) {
  if (text.find('\0') != std::string::npos) return false;
  out.append(text.c_str(), text.size() + 1);
  return true;
}

}  // namespace

absl::StatusOr<std::string> PackStart(const Command& command) {
  const std::vector<std::string> argv =
      command.argv.empty() ? std::vector{command.path} : command.argv;
  auto start = Make<Start>(Type::kStart);
  if (!IsId(command.id) || !SetText(start.id, command.id)) return Malformed(command, "not an id");
  if (!SetText(start.cgroup, command.cgroup))
    return Malformed(command, "the cgroup's path is too long");
  if (!SetText(start.tty, command.tty))
    return Malformed(command, "the terminal's path is too long");
  start.capabilities = command.capabilities;
  start.nofile = command.nofile;
  start.fingerprint = command.fingerprint;
  start.uid = command.uid;
  start.gid = command.gid;
  start.oom_score_adj = command.oom_score_adj;
  start.nice = command.nice;
  start.flags = command.flags;
  start.argc = static_cast<std::uint32_t>(argv.size());
  start.envc = static_cast<std::uint32_t>(command.env.size());
  start.path_size = static_cast<std::uint32_t>(command.path.size());

  std::string strings;
  bool whole = AddString(command.path, strings);
  for (const std::string& argument : argv)
    whole = whole && AddString(argument, strings);
  for (const std::string& variable : command.env)
    whole = whole && AddString(variable, strings);
  if (!whole) return Malformed(command, "a string contains a zero byte");
  if (sizeof(Start) + strings.size() > kMaxMessage)
    return Malformed(command, "the arguments are too long");
  start.header.size = static_cast<std::uint32_t>(sizeof(Start) + strings.size());

  std::string message = Pack(start) + strings;
  StartView view;
  if (!ParseStart(std::as_bytes(std::span(message)), view)) {
    return Malformed(command, "a path, a number or a count is out of its range");
  }
  return message;
}

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kRequest:
      return "request";
    case Stage::kSignal:
      return "signal";
    case Stage::kPipe:
      return "log pipe";
    case Stage::kCgroup:
      return "cgroup";
    case Stage::kClone:
      return "clone";
    case Stage::kNamespace:
      return "namespace";
    case Stage::kStdio:
      return "standard descriptors";
    case Stage::kLimits:
      return "limits";
    case Stage::kIdentity:
      return "uid and gid";
    case Stage::kCapabilities:
      return "capabilities";
    case Stage::kExec:
      return "exec";
  }
  return "unknown stage";
}

}  // namespace ichor::init
