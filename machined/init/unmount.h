// The end of all mounts.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace ichor::init {

// One line of /proc/self/mountinfo, as far as it matters here.
struct MountLine {
  std::string_view target;  // as written: special characters as \ooo
  std::string_view source;
};

// Takes a line apart; empty if it is not one. See proc_pid_mountinfo(5).
std::optional<MountLine> ParseMountLine(std::string_view line);

// Whether a mount is taken away before the end: all but the root, the kernel's own file systems,
// and what init needs.
bool IsToUnmount(std::string_view target);

// Replaces \ooo in `text` by its characters and ends it with a zero, in `out`. False if it does not
// fit.
bool Unescape(std::string_view text, std::span<char> out);

// Writes out all data, unmounts what IsToUnmount(), the last mounted first, makes read-only what
// stays busy, and ends the process. For a child of init: with a broken disk it may hang for ever.
[[noreturn]] void UnmountAllAndExit();

}  // namespace ichor::init
