#include "ichorctl/cli/man.h"

#include <algorithm>
#include <cctype>
#include <format>
#include <iterator>
#include <ranges>

#include "absl/strings/str_replace.h"
#include "ichorctl/cli/help.h"
#include "ichorctl/cli/parse.h"
#include "lib/base/version.h"

namespace ichor::ctl {
namespace {

using Path = std::vector<const Command*>;

// Text as groff prints it: no escapes, no requests, nothing beyond ASCII.
std::string Escaped(std::string_view text) {
  std::string out =
      absl::StrReplaceAll({text.data(), text.size()},
                          {{"\\", "\\e"}, {"-", "\\-"}, {"\n", "\n.PP\n"}, {"…", "\\[u2026]"}});
  if (out.starts_with('.') || out.starts_with('\'')) {
    out.insert(0, "\\&");
  }
  return out;
}

std::string PageName(const Path& path) {
  std::string name = NameOf(path);
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string Upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

void AppendFlags(std::string_view title, const std::vector<Flag>& flags, std::string& out) {
  if (std::ranges::all_of(flags, &Flag::hidden)) {
    return;
  }
  out += std::format(".SH {}\n", title);
  for (const Flag& flag : flags) {
    if (!flag.hidden) {
      const std::string typed = TypedForm(flag);
      out +=
          std::format(".TP\n\\fB{}\\fR\n{}\n", Escaped(typed.substr(typed.find_first_not_of(' '))),
                      Escaped(FullHelp(flag)));
    }
  }
}

void AppendCommands(const Path& path, std::string& out) {
  if (path.back()->commands.empty()) {
    return;
  }
  out += ".SH COMMANDS\n";
  for (const Command& command : path.back()->commands) {
    if (!command.hidden) {
      out += std::format(".TP\n\\fB{}\\fR(1)\n{}\n", Escaped(PageName(path) + "-" + command.name),
                         Escaped(command.summary));
    }
  }
}

std::string PageOf(const Path& path) {
  const Command& command = *path.back();
  const std::string name = PageName(path);
  std::string out = std::format(".TH {} 1 \"\" \"ichorctl {}\" \"Ichor\"\n", Escaped(Upper(name)),
                                base::kVersion);
  out += std::format(".SH NAME\n{} \\- {}\n", Escaped(name), Escaped(command.summary));
  out += std::format(".SH SYNOPSIS\n\\fB{}\\fR\n", Escaped(UsageOf(path)));
  if (!command.description.empty()) {
    out += std::format(".SH DESCRIPTION\n{}\n", Escaped(command.description));
  }
  if (!command.arguments.empty()) {
    out += ".SH ARGUMENTS\n";
  }
  for (const Argument& argument : command.arguments) {
    out += std::format(".TP\n\\fI{}\\fR\n{}\n", Escaped(argument.name), Escaped(argument.help));
  }
  AppendCommands(path, out);
  AppendFlags("FLAGS", command.flags, out);
  std::vector<Flag> above;
  for (const Command* const parent : path | std::views::take(path.size() - 1)) {
    std::ranges::copy(parent->flags, std::back_inserter(above));
  }
  AppendFlags("FLAGS OF EVERY COMMAND", above, out);
  if (!command.examples.empty()) {
    out += ".SH EXAMPLES\n";
  }
  for (const Example& example : command.examples) {
    out += std::format(".TP\n{}\n.EX\n{}\n.EE\n", Escaped(example.about), Escaped(example.line));
  }
  return out;
}

void AppendPages(Path& path, std::vector<std::pair<std::string, std::string>>& out) {
  out.emplace_back(PageName(path) + ".1", PageOf(path));
  for (const Command& command : path.back()->commands) {
    if (!command.hidden) {
      path.push_back(&command);
      AppendPages(path, out);
      path.pop_back();
    }
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> ManPages(const Command& root) {
  std::vector<std::pair<std::string, std::string>> pages;
  Path path = {&root};
  AppendPages(path, pages);
  return pages;
}

}  // namespace ichor::ctl
