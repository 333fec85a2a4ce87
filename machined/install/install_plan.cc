#include "machined/install/install_plan.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <optional>
#include <span>

#include "absl/strings/str_split.h"
#include "lib/base/status.h"
#include "lib/early/gpt.h"

namespace ichor {
namespace {

constexpr std::string_view kFirstLine = "ichor-install 1";

using Words = std::span<const std::string>;

std::optional<std::uint64_t> Number(const std::string& word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  return whole ? std::optional(number) : std::nullopt;
}

// A name that leads nowhere else.
bool IsInside(std::string_view path) {
  return !path.empty() && !path.starts_with('/') && path != ".." && !path.starts_with("../") &&
         !path.contains("/../") && !path.ends_with("/..");
}

// FILE OFFSET SIZE, and again.
std::optional<std::vector<InstallPiece>> Pieces(Words words) {
  constexpr std::size_t kWords = 3;
  std::vector<InstallPiece> pieces;
  pieces.reserve(words.size() / kWords);
  for (; !words.empty(); words = words.subspan(kWords)) {
    if (words.size() < kWords || !IsInside(words[0])) {
      return std::nullopt;
    }
    const auto offset = Number(words[1]);
    const auto size = Number(words[2]);
    if (!offset.has_value() || !size.has_value()) {
      return std::nullopt;
    }
    pieces.push_back({.file = words[0], .offset_bytes = *offset, .size_bytes = *size});
  }
  return pieces;
}

bool AddPartition(Words words, InstallPlan& plan) {
  constexpr std::size_t kWords = 4;
  constexpr std::size_t kLongestLabel = 36;
  if (words.size() != kWords || words[0].size() > kLongestLabel) {
    return false;
  }
  const auto type = early::ParseGuid(words[1]);
  const auto size = Number(words[2]);
  const auto attributes = Number(words[3]);
  if (!type.has_value() || *type == disk::Guid{} || !size.has_value() || *size == 0 ||
      !attributes.has_value()) {
    return false;
  }
  plan.partitions.push_back(
      {.label = words[0], .type = *type, .size_bytes = *size, .attributes = *attributes});
  return true;
}

bool AddBytes(Words words, InstallPlan& plan) {
  constexpr std::size_t kFirstPiece = 2;
  const auto offset = words.size() < kFirstPiece ? std::nullopt : Number(words[1]);
  const auto pieces = offset.has_value() ? Pieces(words.subspan(kFirstPiece)) : std::nullopt;
  if (!pieces.has_value()) {
    return false;
  }
  plan.bytes.push_back({.label = words[0], .offset_bytes = *offset, .pieces = *pieces});
  return true;
}

bool AddFile(Words words, bool directory, InstallPlan& plan) {
  if (words.empty() || !IsInside(words[0]) || (directory && words.size() != 1)) {
    return false;
  }
  const auto pieces = Pieces(words.subspan(1));
  if (!pieces.has_value()) {
    return false;
  }
  plan.files.push_back({.path = words[0], .directory = directory, .pieces = *pieces});
  return true;
}

bool AddLine(const std::string& what, Words words, InstallPlan& plan) {
  if (what == "partition") {
    return AddPartition(words, plan);
  }
  if (what == "bytes") {
    return AddBytes(words, plan);
  }
  if (what == "file" || what == "directory") {
    return AddFile(words, what == "directory", plan);
  }
  const auto pieces = what == "boot-code" ? Pieces(words) : std::nullopt;
  plan.boot_code = pieces.value_or(std::vector<InstallPiece>{});
  return pieces.has_value();
}

}  // namespace

absl::StatusOr<InstallPlan> ParseInstallPlan(std::string_view text) {
  InstallPlan plan;
  bool first = true;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::vector<std::string> words = absl::StrSplit(std::string(line), ' ');
    const bool understood =
        first ? line == kFirstLine : AddLine(words.front(), Words(words).subspan(1), plan);
    if (!understood) {
      return absl::InvalidArgumentError(
          std::format("the plan of an install has a line that is none: {}", line.substr(0, 100)));
    }
    first = false;
  }
  return first ? absl::StatusOr<InstallPlan>(
                     absl::InvalidArgumentError("the plan of an install is empty"))
               : plan;
}

}  // namespace ichor
