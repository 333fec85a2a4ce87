#include "machined/arguments/additions.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <span>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/status.h"
#include "lib/disk/little_endian.h"
#include "lib/early/bytes.h"

namespace ichor {
namespace {

constexpr std::string_view kBegin = "set ichor_additions=\"";

template <class T>
T At(std::string_view bytes, std::size_t offset) {
  return early::LittleEndian<T>(std::as_bytes(std::span(bytes)), offset);
}

// Where a section of a PE program is (Microsoft's PE format, "Section Table").
struct Section {
  std::size_t size_place = 0;  // of its header's field VirtualSize
  std::uint32_t size = 0;
  std::uint32_t room = 0;
  std::uint32_t offset = 0;
};

absl::Status NoProgram(std::string_view why) {
  return absl::InvalidArgumentError(std::format("the addon is no PE program: {}", why));
}

absl::StatusOr<Section> FindSection(std::string_view program, std::string_view name) {
  constexpr std::size_t kHeaderBytes = 40;
  constexpr std::size_t kNameBytes = 8;  // padded with zeros
  const std::size_t start = At<std::uint32_t>(program, 0x3c);
  const std::size_t table = start + 24 + At<std::uint16_t>(program, start + 20);
  const std::size_t end = table + At<std::uint16_t>(program, start + 6) * kHeaderBytes;
  if (end > program.size()) return NoProgram("its headers are cut off");
  std::string padded(name);
  padded.resize(kNameBytes);
  for (std::size_t header = table; header < end; header += kHeaderBytes) {
    if (program.substr(header, kNameBytes) != padded) continue;
    const Section section{.size_place = header + 8,
                          .size = At<std::uint32_t>(program, header + 8),
                          .room = At<std::uint32_t>(program, header + 16),
                          .offset = At<std::uint32_t>(program, header + 20)};
    if (section.offset < end || std::uint64_t{section.offset} + section.room > program.size() ||
        section.size > section.room) {
      return NoProgram(std::format("section {} is cut off", name));
    }
    return section;
  }
  return NoProgram(std::format("it has no section {}", name));
}

std::string Joined(std::string_view before, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = absl::StrSplit(
      std::string(before), absl::ByAnyChar(std::string(" \n\0", 3)), absl::SkipEmpty());
  for (const std::string& argument : arguments) {
    if (std::ranges::find(words, argument) == words.end()) {
      words.push_back(argument);
    }
  }
  return absl::StrJoin(words, " ");
}

absl::Status NoRoom(std::string_view what, std::size_t bytes, std::size_t room) {
  return absl::ResourceExhaustedError(std::format(
      "the kernel's arguments have {} bytes, and {} has room for {}", bytes, what, room));
}

}  // namespace

absl::StatusOr<std::string> AddToAddon(std::string_view addon,
                                       const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const Section section, FindSection(addon, ".cmdline"));
  std::string words = Joined(addon.substr(section.offset, section.size), arguments);
  const std::size_t size = words.size();
  if (size > section.room) {
    return NoRoom("the addon", size, section.room);
  }
  words.resize(section.room);
  std::string changed(addon);
  changed.replace(section.offset, section.room, words);
  disk::PutLittle(size, section.size_place, sizeof(section.size), changed);
  return changed;
}

absl::StatusOr<std::string> AddToVariables(std::string_view script,
                                           const std::vector<std::string>& arguments) {
  const std::size_t begin = script.find(kBegin);
  const std::size_t first = begin + kBegin.size();
  const std::size_t end = begin == std::string_view::npos ? begin : script.find('"', first);
  if (end == std::string_view::npos) {
    return absl::InvalidArgumentError("GRUB's variables have no line for additions");
  }
  std::string changed(script);
  changed.replace(first, end - first, Joined(script.substr(first, end - first), arguments));
  while (changed.size() > script.size() && changed.ends_with("\n\n")) {
    changed.pop_back();
  }
  if (changed.size() > script.size()) {
    return NoRoom("GRUB's script", changed.size(), script.size());
  }
  changed.resize(script.size(), '\n');
  return changed;
}

}  // namespace ichor
