#include "machined/init/unmount.h"

#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "lib/early/file.h"
#include "lib/early/text.h"

namespace ichor::init {
namespace {

// Mounts whose every part is small; lines beyond are not seen in the first round, but in the next.
std::array<char, 64 * 1024> mountinfo;

bool IsBelow(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

bool IsOctal(char c) {
  return c >= '0' && c <= '7';
}

// Unmounts, from the last line of `text` to the first; true if one went.
bool UnmountRound(std::string_view text, bool read_only) {
  bool changed = false;
  while (!text.empty()) {
    const std::size_t feed = early::Part(text, 0, text.size() - 1).rfind('\n');
    const std::size_t begin = feed == std::string_view::npos ? 0 : feed + 1;
    const auto line = ParseMountLine(early::Part(text, begin));
    text = early::Part(text, 0, begin);
    std::array<char, 1024> target{};
    if (!line.has_value() || !IsToUnmount(line->target) || !Unescape(line->target, target))
      continue;
    if (::umount2(target.data(), UMOUNT_NOFOLLOW) == 0) {
      changed = true;
    } else if (read_only && line->source.starts_with("/dev/")) {
      ::mount(nullptr, target.data(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr);
    }
  }
  return changed;
}

}  // namespace

std::optional<MountLine> ParseMountLine(std::string_view line) {
  // 36 35 98:0 /root /target options optional… - type source superoptions
  for (int field = 0; field < 4; ++field)
    early::TakeUntil(line, ' ');
  MountLine out;
  out.target = early::TakeUntil(line, ' ');
  const std::size_t separator = line.find(" - ");
  if (out.target.empty() || separator == std::string_view::npos) return std::nullopt;
  line = early::Part(line, separator + 3);
  early::TakeUntil(line, ' ');
  out.source = early::TakeUntil(line, ' ');
  return out;
}

bool IsToUnmount(std::string_view target) {
  return target.starts_with("/") && target != "/" && !IsBelow(target, "/proc") &&
         !IsBelow(target, "/sys") && !IsBelow(target, "/dev");
}

bool Unescape(std::string_view text, std::span<char> out) {
  std::size_t size = 0;
  while (!text.empty()) {
    if (size + 1 >= out.size()) return false;
    const bool escaped = text.size() >= 4 && text[0] == '\\' && IsOctal(text[1]) &&
                         IsOctal(text[2]) && IsOctal(text[3]);
    const int code = escaped ? ((text[1] - '0') * 64) + ((text[2] - '0') * 8) + (text[3] - '0') : 0;
    out[size++] = escaped ? static_cast<char>(code) : text.front();
    text.remove_prefix(escaped ? 4 : 1);
  }
  if (out.empty()) return false;
  out[size] = '\0';
  return true;
}

void UnmountAllAndExit() {
  ::sync();
  constexpr int kRounds =
      8;  // mounts over mounts, and busy ones whose reason went in the round before
  for (int round = 0; round < kRounds; ++round) {
    const auto text = early::ReadFile("/proc/self/mountinfo", mountinfo);
    if (!text.has_value() || !UnmountRound(*text, round > 0)) break;
  }
  const auto text = early::ReadFile("/proc/self/mountinfo", mountinfo);
  if (text.has_value()) UnmountRound(*text, true);
  ::sync();
  ::_exit(0);
}

}  // namespace ichor::init
