#include "machined/crashes/pstore.h"

#include <algorithm>
#include <format>
#include <span>
#include <utility>

#include "lib/base/status.h"
#include "machined/crashes/pstore_text.h"

namespace ichor {

absl::StatusOr<std::vector<boot::CrashRecord::Spec>> ReadPstore(
    sys::FileView& files, const std::string& directory,
    const std::function<void(const std::string& path)>& remove) {
  constexpr std::size_t kMostBytes = 1 << 20;  // of one record
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.Entries(directory));
  std::vector<PstoreFile> parts;
  for (const std::string& name : names) {
    const std::string path = std::format("{}/{}", directory, name);
    absl::StatusOr<std::string> text = files.Read(path, kMostBytes);
    const absl::StatusOr<sys::FileStatus> status = files.Status(path);
    if (text.ok() && status.ok()) {
      parts.push_back(
          {.name = name, .seconds = status->modified_seconds, .text = *std::move(text)});
    }
  }
  const std::vector<KernelEnd> ends = JoinParts(std::move(parts));
  const std::size_t old = ends.size() - std::min(ends.size(), kMostEndsKept);
  for (const KernelEnd& end : std::span(ends).first(old)) {
    for (const std::string& name : end.files) {
      remove(std::format("{}/{}", directory, name));
    }
  }
  std::vector<boot::CrashRecord::Spec> crashes;
  for (const KernelEnd& end : std::span(ends).subspan(old)) {
    for (boot::CrashRecord::Spec& crash : CrashesOf(end)) {
      crashes.push_back(std::move(crash));
    }
  }
  return crashes;
}

}  // namespace ichor
