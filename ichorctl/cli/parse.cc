// The only file that calls CLI11, which reports by throwing. It only takes words apart here: what
// they mean, and every message, is ours.
#include "ichorctl/cli/parse.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <format>
#include <iterator>
#include <memory>
#include <ranges>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ichorctl/cli/suggest.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

constexpr int kMany = 1 << 20;

// A command as CLI11 has it.
struct Level {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  std::vector<std::pair<const Flag*, CLI::Option*>> flags{};
  CLI::Option* arguments = nullptr;
};

void AddFlags(Level& level) {
  for (const Flag& flag : level.command->flags) {
    const std::string name = flag.letter == '\0' ? std::format("--{}", flag.name)
                                                 : std::format("-{},--{}", flag.letter, flag.name);
    CLI::Option* const option = IsSwitch(flag)
                                    ? level.app->add_flag(name)
                                    : level.app->add_option(name)->type_size(1)->expected(1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
    level.flags.emplace_back(&flag, option);
  }
}

void AddCommand(const Command& command, CLI::App& app, std::vector<Level>& levels) {
  Level level{.command = &command, .app = &app};
  app.set_help_flag();
  app.allow_extras()->fallthrough();
  AddFlags(level);
  if (command.commands.empty()) {
    // CLI11 gives it as many as it wants at least, and does not mind if there are fewer.
    level.arguments = app.add_option("arguments")->type_size(1)->expected(kMany);
    level.arguments->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  } else {
    app.require_subcommand(0, 1);  // a word that names a command only counts where one is wanted
  }
  levels.push_back(std::move(level));
  for (const Command& child : command.commands) {
    CLI::App* const below = app.add_subcommand(child.name);
    for (const std::string& alias : child.aliases) {
      below->alias(alias);
    }
    AddCommand(child, *below, levels);
  }
}

std::vector<std::string> FlagNames(const std::vector<const Command*>& path) {
  std::vector<std::string> names = {"--help"};
  for (const Command* const command : path) {
    for (const Flag& flag : command->flags) {
      if (!flag.hidden) {
        names.push_back("--" + flag.name);
      }
    }
  }
  return names;
}

std::vector<std::string> CommandNames(const Command& command) {
  std::vector<std::string> names;
  for (const Command& child : command.commands) {
    if (!child.hidden) {
      names.push_back(child.name);
      std::ranges::copy(child.aliases, std::back_inserter(names));
    }
  }
  return names;
}

absl::Status Unknown(const std::vector<const Command*>& path, const std::string& word) {
  if (word.size() > 1 && word.starts_with('-')) {
    const std::string name = word.substr(0, word.find('='));
    return absl::InvalidArgumentError(
        std::format("{}: no flag {}{}", NameOf(path), name, DidYouMean(name, FlagNames(path))));
  }
  return absl::InvalidArgumentError(std::format("{}: no command \"{}\"{}", NameOf(path), word,
                                                DidYouMean(word, CommandNames(*path.back()))));
}

absl::Status CheckWord(const Flag& flag, const std::string& value) {
  if (flag.words.empty() || std::ranges::contains(flag.words, value)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(std::format("--{}: \"{}\" is none of {}{}", flag.name, value,
                                                absl::StrJoin(flag.words, ", "),
                                                DidYouMean(value, flag.words)));
}

absl::Status SetSwitch(const Flag& flag, const std::string& value, bool& target) {
  const bool yes = value == "true" || value == "1" || value == "yes" || value == "on";
  const bool no = value == "false" || value == "0" || value == "no" || value == "off";
  if (!yes && !no) {
    return absl::InvalidArgumentError(
        std::format("--{}: \"{}\" is neither true nor false", flag.name, value));
  }
  target = yes;
  return absl::OkStatus();
}

absl::Status SetNumber(const Flag& flag, const std::string& value, int& target) {
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, target);
  if (error != std::errc() || rest != end) {
    return absl::InvalidArgumentError(std::format("--{}: \"{}\" is no number", flag.name, value));
  }
  return absl::OkStatus();
}

absl::Status SetList(const Flag& flag, const std::vector<std::string>& values,
                     std::vector<std::string>& target) {
  target.clear();
  for (const std::string& value : values) {
    if (flag.split) {
      const std::vector<std::string> parts = absl::StrSplit(value, ',', absl::SkipWhitespace());
      std::ranges::copy(parts, std::back_inserter(target));
    } else {
      target.push_back(value);
    }
  }
  for (const std::string& value : target) {
    RETURN_IF_ERROR(CheckWord(flag, value));
  }
  return absl::OkStatus();
}

absl::Status Set(const Flag& flag, const std::vector<std::string>& values) {
  if (auto* const* on = std::get_if<bool*>(&flag.target)) {
    return SetSwitch(flag, values.back(), **on);
  }
  if (auto* const* number = std::get_if<int*>(&flag.target)) {
    return SetNumber(flag, values.back(), **number);
  }
  if (auto* const* text = std::get_if<std::string*>(&flag.target)) {
    RETURN_IF_ERROR(CheckWord(flag, values.back()));
    **text = values.back();
    return absl::OkStatus();
  }
  return SetList(flag, values, *std::get<std::vector<std::string>*>(flag.target));
}

absl::Status SetFlags(const Level& level) {
  for (const auto& [flag, option] : level.flags) {
    if (!option->results().empty()) {
      RETURN_IF_ERROR(Set(*flag, option->results()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckArguments(const Invocation& invocation) {
  const std::vector<Argument>& wanted = invocation.command().arguments;
  const size_t count = invocation.arguments.size();
  const auto needed = static_cast<size_t>(std::ranges::count_if(wanted, &Argument::required));
  if (count < needed) {
    return absl::InvalidArgumentError(std::format("{}: {} is missing: {}", NameOf(invocation.path),
                                                  wanted[count].name, wanted[count].help));
  }
  const bool repeated = !wanted.empty() && wanted.back().repeated;
  if (count > wanted.size() && !repeated) {
    return absl::InvalidArgumentError(std::format("{}: \"{}\" is one argument too many",
                                                  NameOf(invocation.path),
                                                  invocation.arguments[wanted.size()]));
  }
  return absl::OkStatus();
}

// CLI11 would take the word behind "--output=" for its value.
std::vector<std::string> WithEmptyValues(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  bool flags = true;
  for (const std::string& word : words) {
    flags = flags && word != "--";
    if (flags && word.size() > 3 && word.starts_with("--") && word.ends_with('=') &&
        word.find('=') == word.size() - 1) {
      out.push_back(word.substr(0, word.size() - 1));
      out.emplace_back();
    } else {
      out.push_back(word);
    }
  }
  return out;
}

bool IsCalled(const Flag& flag, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  return name.starts_with("--") ? name.substr(2) == flag.name
                                : flag.letter != '\0' && word[1] == flag.letter;
}

// A flag of `command` or of one below it.
const Flag* FindFlag(const Command& command, std::string_view word) {
  const auto own = std::ranges::find_if(command.flags,
                                        [word](const Flag& flag) { return IsCalled(flag, word); });
  if (own != command.flags.end()) {
    return &*own;
  }
  for (const Command& child : command.commands) {
    if (const Flag* const flag = FindFlag(child, word)) {
      return flag;
    }
  }
  return nullptr;
}

// Flags may stand before the command that they are of: "--insecure get disks" as well.
std::vector<std::string> CommandFirst(const Command& root, const std::vector<std::string>& words) {
  size_t flags = 0;
  while (flags < words.size() && words[flags].size() > 1 && words[flags].starts_with('-')) {
    const std::string& word = words[flags];
    const Flag* const flag = FindFlag(root, word);
    if (flag == nullptr) {
      return words;
    }
    const bool whole = word.starts_with("--") ? !word.contains('=') : word.size() == 2;
    flags += !IsSwitch(*flag) && whole ? 2 : 1;
  }
  flags = std::min(flags, words.size());
  size_t end = flags;
  for (const Command* command = &root; end < words.size(); ++end) {
    command = FindCommand(*command, words[end]);
    if (command == nullptr) {
      break;
    }
  }
  std::vector<std::string> out(words);
  std::rotate(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(flags),
              out.begin() + static_cast<std::ptrdiff_t>(end));
  return out;
}

absl::Status TakeApart(CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> reversed = WithEmptyValues(words);
  std::ranges::reverse(reversed);
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view text = error.what();
    return absl::InvalidArgumentError(
        std::format("{} wants a value", text.substr(0, text.find(':'))));
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return absl::OkStatus();
}

}  // namespace

std::string NameOf(const std::vector<const Command*>& path) {
  return absl::StrJoin(path, " ",
                       [](std::string* out, const Command* command) { *out += command->name; });
}

absl::Status Parse(const Command& root, const std::vector<std::string>& words,
                   Invocation& invocation) {
  CLI::App app;
  std::vector<Level> levels;
  AddCommand(root, app, levels);
  CLI::Option* const help = app.add_flag("-h,--help");
  invocation = {.path = {&root}};
  RETURN_IF_ERROR(TakeApart(app, CommandFirst(root, words)));
  std::vector<const Level*> used;
  for (const Level& level : levels) {
    if (level.command == &root || level.app->parsed()) {
      used.push_back(&level);
    }
  }
  for (const Level* const level : used | std::views::drop(1)) {
    invocation.path.push_back(level->command);
  }
  invocation.help = !help->results().empty();
  if (invocation.help) {
    return absl::OkStatus();
  }
  std::vector<std::string> left = app.remaining(true);
  std::erase(left, "--");  // CLI11 counts the end of the flags too
  if (!left.empty()) {
    return Unknown(invocation.path, left.front());
  }
  for (const Level* const level : used) {
    RETURN_IF_ERROR(SetFlags(*level));
  }
  if (used.back()->arguments != nullptr) {
    invocation.arguments = used.back()->arguments->results();
    return CheckArguments(invocation);
  }
  return absl::OkStatus();
}

}  // namespace ichor::ctl
