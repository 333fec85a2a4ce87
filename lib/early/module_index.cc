#include "lib/early/module_index.h"

#include "lib/early/command_line.h"

namespace ichor::early {
namespace {

// Matches one character with the pattern's front, and takes that off. False if it does not match.
bool TakeOne(std::string_view& pattern, char c) {
  const char front = pattern.front();
  const std::size_t end = front == '[' ? pattern.find(']') : std::string_view::npos;
  if (end == std::string_view::npos) {
    pattern.remove_prefix(1);
    return front == '?' || front == c;
  }
  const std::string_view set = Part(pattern, 1, end - 1);
  pattern.remove_prefix(end + 1);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool range = i + 2 < set.size() && set[i + 1] == '-';
    if (range ? c >= set[i] && c <= set[i + 2] : c == set[i]) return true;
    if (range) i += 2;
  }
  return false;
}

char Folded(char c) {
  return c == '-' ? '_' : c;
}

}  // namespace

bool Matches(std::string_view pattern, std::string_view text) {
  std::string_view after_star;
  std::string_view text_at_star;
  bool star = false;
  while (!text.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      after_star = pattern;
      text_at_star = text;
      star = true;
      continue;
    }
    if (!pattern.empty() && TakeOne(pattern, text.front())) {
      text.remove_prefix(1);
      continue;
    }
    if (!star) return false;
    text_at_star.remove_prefix(1);
    text = text_at_star;
    pattern = after_star;
  }
  while (!pattern.empty() && pattern.front() == '*')
    pattern.remove_prefix(1);
  return pattern.empty();
}

bool SameModule(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Folded(a[i]) != Folded(b[i])) return false;
  }
  return true;
}

std::string_view ModuleName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view file = slash == std::string_view::npos ? path : Part(path, slash + 1);
  return Part(file, 0, file.find(".ko"));
}

std::string_view FindDependencies(std::string_view modules_dep, std::string_view name) {
  while (!modules_dep.empty()) {
    const std::string_view line = TakeUntil(modules_dep, '\n');
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && SameModule(ModuleName(Part(line, 0, colon)), name))
      return line;
  }
  return {};
}

std::string_view FindSoftDependencies(std::string_view modules_softdep, std::string_view name) {
  while (!modules_softdep.empty()) {
    std::string_view line = TakeUntil(modules_softdep, '\n');
    if (TakeUntil(line, ' ') != "softdep" || !SameModule(TakeUntil(line, ' '), name)) continue;
    const std::size_t pre = line.find("pre:");
    if (pre == std::string_view::npos) return {};
    line = Part(line, pre + 4);
    return Trim(Part(line, 0, line.find("post:")));
  }
  return {};
}

Text<1024> OptionsFor(std::string_view command_line, std::string_view name) {
  Text<1024> out;
  while (const auto argument = NextArgument(command_line)) {
    std::string_view option = argument->key;
    const std::size_t dot = option.find('.');
    if (dot == std::string_view::npos || !SameModule(TakeUntil(option, '.'), name)) continue;
    out.Append({out.empty() ? "" : " ", option, argument->has_value ? "=" : "", argument->value});
  }
  return out;
}

bool IsDenied(std::string_view command_line, std::string_view name) {
  while (const auto argument = NextArgument(command_line)) {
    std::string_view denied = argument->key == "modprobe.blacklist" ? argument->value : "";
    while (!denied.empty()) {
      if (SameModule(TakeUntil(denied, ','), name)) return true;
    }
  }
  return false;
}

std::string_view NextDriver(std::string_view& rest, std::string_view modalias) {
  while (!rest.empty()) {
    std::string_view line = TakeUntil(rest, '\n');
    if (TakeUntil(line, ' ') != "alias") continue;
    if (Matches(TakeUntil(line, ' '), modalias)) return Trim(line);
  }
  return {};
}

}  // namespace ichor::early
