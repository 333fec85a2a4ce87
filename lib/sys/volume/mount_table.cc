#include "lib/sys/volume/mount_table.h"

#include <algorithm>
#include <ranges>

namespace ichor::sys {
namespace {

struct Mount {
  std::string device;  // "254:6"
  std::string point;
  std::vector<std::string> options;  // of the file system
};

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (const auto part : text | std::views::split(separator)) {
    parts.emplace_back(part.begin(), part.end());
  }
  return parts;
}

// The kernel writes a space as \040.
std::string Unescaped(std::string_view text) {
  constexpr size_t kEscape = 4;
  const auto digit = [](char c) { return c >= '0' && c <= '7'; };
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + kEscape <= text.size() &&
        std::ranges::all_of(text.substr(i + 1, 3), digit)) {
      plain += static_cast<char>(((text[i + 1] - '0') * 64) + ((text[i + 2] - '0') * 8) +
                                 (text[i + 3] - '0'));
      i += kEscape - 1;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<Mount> Read(std::string_view table) {
  constexpr size_t kDevice = 2;
  constexpr size_t kPoint = 4;
  constexpr size_t kOptions = 3;  // behind the separator
  std::vector<Mount> mounts;
  for (const std::string& line : Split(table, '\n')) {
    const std::vector<std::string> words = Split(line, ' ');
    const auto separator = std::ranges::find(words, "-");
    if (words.size() <= kPoint || words.end() - separator <= static_cast<int>(kOptions)) {
      continue;
    }
    mounts.push_back({.device = words[kDevice],
                      .point = Unescaped(words[kPoint]),
                      .options = Split(*(separator + kOptions), ',')});
  }
  return mounts;
}

bool IsBelow(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

// Whether a layer of an overlay is in `directory`: "upperdir=/var/a", "lowerdir=/var/b:/var/c".
bool HasLayerIn(const Mount& mount, std::string_view directory) {
  return std::ranges::any_of(mount.options, [directory](const std::string& option) {
    const size_t sign = option.find('=');
    if (sign == std::string::npos || option.find("dir") == std::string::npos) {
      return false;
    }
    return std::ranges::any_of(
        Split(option.substr(sign + 1), ':'),
        [directory](const std::string& layer) { return IsBelow(Unescaped(layer), directory); });
  });
}

}  // namespace

std::vector<std::string> MountsUpon(std::string_view table, std::string_view target) {
  const std::vector<Mount> mounts = Read(table);
  std::vector<std::string> upon;
  const auto at = std::ranges::find_last(mounts, target, &Mount::point);
  if (at.empty()) {
    return upon;
  }
  for (const Mount& mount : mounts | std::views::reverse) {
    if (mount.point != target && (mount.device == at.front().device ||
                                  IsBelow(mount.point, target) || HasLayerIn(mount, target))) {
      upon.push_back(mount.point);
    }
  }
  return upon;
}

}  // namespace ichor::sys
