// Small files whole: those of /proc, /sys, and what stage 1 and init hand over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ichor::early {

// The beginning of the file that fits `buffer`; empty, with errno, if it cannot be opened or read.
// Blocks as read(2).
std::optional<std::string_view> ReadFile(const char* path, std::span<char> buffer);
// The same without spaces and line feeds at the ends.
std::optional<std::string_view> ReadLine(const char* path, std::span<char> buffer);

// Fills `out` from the file or device at `offset`; false, with errno, if it ends before (EIO) or
// cannot be read.
bool ReadAt(int fd, std::uint64_t offset, std::span<std::byte> out);

// Writes `text` with one write(2), as files of /proc and /sys want it. 0 or an errno. The file is
// made if missing and `mode` is not 0, and then emptied first.
int WriteFile(const char* path, std::string_view text, unsigned mode = 0);

// Makes the directory and those above it; 0 or an errno; what exists is left as it is.
int MakeDirectories(const char* path, unsigned mode);

}  // namespace ichor::early
