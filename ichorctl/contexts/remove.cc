// `ichorctl config remove`: contexts that go.
#include <format>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "ichorctl/contexts/parts.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

struct Options {
  bool dry_run = false;
  bool yes = false;
};

// Whether `text` is as `pattern`, in which * stands for any letters.
bool Matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern.front() == '*') {
    return Matches(pattern.substr(1), text) || (!text.empty() && Matches(pattern, text.substr(1)));
  }
  return !text.empty() && pattern.front() == text.front() &&
         Matches(pattern.substr(1), text.substr(1));
}

bool Agrees(Session& session) {
  session.err << "Remove? [y/N] " << std::flush;
  std::string answer;
  std::getline(session.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

absl::Status Remove(const ClientFlags& flags, const Options& options, const std::string& pattern,
                    Session& session) {
  ASSIGN_OR_RETURN(pki::ClientConfig config, LoadClientConfig(session, flags));
  std::vector<std::string> names;
  for (const auto& [name, context] : config.contexts) {
    if (!Matches(pattern, name)) {
      continue;
    }
    if (name == config.current) {
      Warn(session, std::format("context \"{}\" is the current one and stays: choose another "
                                "with `ichorctl config context` first",
                                name));
      continue;
    }
    names.push_back(name);
    session.err << (options.dry_run ? "would remove " : "remove ") << name << '\n';
  }
  if (names.empty()) {
    return absl::NotFoundError(std::format("no context to remove is called \"{}\"", pattern));
  }
  if (options.dry_run) {
    return absl::OkStatus();
  }
  if (!options.yes && !Agrees(session)) {
    return absl::CancelledError("nothing was removed");
  }
  for (const std::string& name : names) {
    config.contexts.erase(name);
  }
  return SaveClientConfig(session, flags, config);
}

}  // namespace

Command RemoveCommand(const SharedClientFlags& client) {
  const auto options = std::make_shared<Options>();
  return {.name = "remove",
          .summary = "Removes contexts",
          .description = "Their certificates and keys are gone then. The current context stays.",
          .flags = {{.name = "dry-run",
                     .help = "only says what would be removed",
                     .target = &options->dry_run},
                    {.name = "noconfirm",
                     .letter = 'y',
                     .help = "does not ask first",
                     .target = &options->yes}},
          .arguments = {{.name = "CONTEXT",
                         .help = "its name, in which * stands for any letters",
                         .completes = Completes::kContext}},
          .run = [client, options](Session& session, const std::vector<std::string>& arguments) {
            return Remove(*client, *options, arguments.front(), session);
          }};
}

}  // namespace ichor::ctl
