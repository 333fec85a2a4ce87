#include "ichorctl/cli/help.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <ranges>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ichorctl/cli/parse.h"

namespace ichor::ctl {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kGap = 2;

// A list of names with what they mean.
using Rows = std::vector<std::pair<std::string, std::string>>;

std::string TableOf(const Rows& rows) {
  constexpr size_t kWidest = 34;  // a longer name has its text on the next line
  size_t widest = 0;
  for (const auto& [name, text] : rows) {
    widest = std::max(widest, name.size() > kWidest ? 0 : name.size());
  }
  const size_t column = kIndent + widest + kGap;
  std::string out;
  for (const auto& [name, text] : rows) {
    std::string wrapped = Wrapped(text, column);
    std::string line = std::string(kIndent, ' ') + name;
    if (wrapped.empty() || line.size() + kGap > column) {
      out += std::format("{}\n{}", line, wrapped);
    } else {
      line.resize(column, ' ');
      out += line + wrapped.substr(column);
    }
  }
  return out;
}

Rows RowsOf(const std::vector<Flag>& flags) {
  Rows rows;
  for (const Flag& flag : flags) {
    if (!flag.hidden) {
      rows.emplace_back(TypedForm(flag), FullHelp(flag));
    }
  }
  return rows;
}

Rows RowsOf(const std::vector<Command>& commands) {
  Rows rows;
  for (const Command& command : commands) {
    if (!command.hidden) {
      rows.emplace_back(command.name, command.summary);
    }
  }
  return rows;
}

Rows RowsOf(const std::vector<Argument>& arguments) {
  Rows rows;
  for (const Argument& argument : arguments) {
    rows.emplace_back(argument.name, argument.help);
  }
  return rows;
}

void AppendSection(const Session& session, std::string_view title, const std::string& body,
                   std::string& out) {
  if (!body.empty()) {
    out += '\n' + OnOut(session, Look::kBold, title) + '\n' + body;
  }
}

std::string ExamplesOf(const Session& session, const Command& command) {
  std::string out;
  for (const Example& example : command.examples) {
    out += "  " + OnOut(session, Look::kDim, "# " + example.about) + "\n  " + example.line + '\n';
  }
  return out;
}

}  // namespace

std::string Wrapped(std::string_view text, size_t indent, size_t width) {
  const std::string margin(indent, ' ');
  std::string out;
  for (const std::string_view paragraph :
       std::views::split(text, '\n') | std::views::transform([](const auto& part) {
         return std::string_view(part.begin(), part.end());
       })) {
    std::string line;
    for (const auto part : std::views::split(paragraph, ' ')) {
      const std::string_view word(part.begin(), part.end());
      if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
        out += margin + line + '\n';
        line.clear();
      }
      line += line.empty() ? std::string(word) : ' ' + std::string(word);
    }
    out += line.empty() ? "\n" : margin + line + '\n';
  }
  return out;
}

std::string TypedForm(const Flag& flag) {
  const std::string letter = flag.letter == '\0' ? "    " : std::format("-{}, ", flag.letter);
  return std::format("{}--{}{}{}", letter, flag.name, flag.value.empty() ? "" : " ", flag.value);
}

std::string FullHelp(const Flag& flag) {
  std::string help = flag.help;
  if (!flag.words.empty()) {
    help += std::format(": {}", absl::StrJoin(flag.words, ", "));
  }
  const bool repeated =
      std::holds_alternative<std::vector<std::string>*>(flag.target) && !flag.split;
  if (repeated) {
    help += "; may be given several times";
  }
  const std::string value = DefaultOf(flag);
  return value.empty() ? help : std::format("{} (default {})", help, value);
}

std::string UsageOf(const std::vector<const Command*>& path) {
  std::string usage = NameOf(path);
  const Command& command = *path.back();
  if (!command.commands.empty()) {
    return usage + " COMMAND";
  }
  for (const Argument& argument : command.arguments) {
    const std::string name = argument.name + (argument.repeated ? "…" : "");
    usage += argument.required ? " " + name : " [" + name + "]";
  }
  return command.flags.empty() ? usage : usage + " [flags]";
}

std::string HelpOf(const Session& session, const std::vector<const Command*>& path) {
  const Command& command = *path.back();
  std::string out = Wrapped(command.summary + ".", 0);
  if (!command.description.empty()) {
    out += '\n' + Wrapped(command.description, 0);
  }
  AppendSection(session, "Usage:", "  " + UsageOf(path) + '\n', out);
  if (!command.aliases.empty()) {
    AppendSection(session, "Also called:", "  " + absl::StrJoin(command.aliases, ", ") + '\n', out);
  }
  AppendSection(session, "Arguments:", TableOf(RowsOf(command.arguments)), out);
  AppendSection(session, "Examples:", ExamplesOf(session, command), out);
  AppendSection(session, "Commands:", TableOf(RowsOf(command.commands)), out);
  AppendSection(session, "Flags:", TableOf(RowsOf(command.flags)), out);
  Rows above;
  for (const Command* const parent : path | std::views::take(path.size() - 1)) {
    std::ranges::move(RowsOf(parent->flags), std::back_inserter(above));
  }
  AppendSection(session, "Flags of every command:", TableOf(above), out);
  if (!command.commands.empty()) {
    out += std::format("\n{} COMMAND --help says more about one.\n", NameOf(path));
  }
  return out;
}

}  // namespace ichor::ctl
