#include "machined/api/files/tree_archive.h"

#include <algorithm>
#include <utility>

#include "lib/base/status.h"

namespace ichor::api {
namespace {

constexpr std::uint32_t kTypeMask = 0170000;  // inode(7)
constexpr std::uint32_t kRegularType = 0100000;
constexpr std::uint32_t kLinkType = 0120000;
constexpr std::uint32_t kPermissionMask = 07777;

constexpr size_t kBytesAtOnce = 256 << 10;
constexpr int kVisitsAtOnce = 500;
constexpr std::uint64_t kSmallFileBytes = 1 << 20;  // read before its header is written
constexpr size_t kLargestSmallFile = 4 << 20;       // whatever it said of its size
constexpr size_t kPieceBytes = 64 << 10;            // of a larger one

TarEntry EntryOf(const Visit& visit, TarType type) {
  const size_t slash = visit.path.rfind('/') + 1;
  const bool lone_file = visit.depth == 0 && type != TarType::kDirectory;
  return {.name = lone_file ? visit.path.substr(slash) : visit.relative,
          .type = type,
          .target = "",
          .permissions = visit.status->mode & kPermissionMask,
          .uid = visit.status->uid,
          .gid = visit.status->gid,
          .size_bytes = 0,
          .modified_seconds = visit.status->modified_seconds};
}

}  // namespace

TreeArchive::TreeArchive(sys::FileView& files, const machine::CopyRequest& request)
    : files_(files), walk_(files, request.root_path(), -1) {}

absl::StatusOr<bool> TreeArchive::Produce(std::vector<std::string>& messages) {
  taken_bytes_ = 0;
  bool more = true;
  for (int i = 0; more && i < kVisitsAtOnce && taken_bytes_ < kBytesAtOnce; ++i) {
    ASSIGN_OR_RETURN(more, Step());
  }
  AppendData(std::exchange(ready_, {}), messages);
  return more;
}

absl::StatusOr<bool> TreeArchive::Step() {
  if (reader_ != nullptr) {
    AddPiece();
    return true;
  }
  const std::optional<Visit> visit = walk_.Next();
  if (!visit.has_value()) {
    Add(TarEnd());
    ready_ += gzip_.End();
    return false;
  }
  if (visit->depth == 0 && !visit->status.ok()) {
    return visit->status.status();
  }
  if (!visit->leaving && visit->status.ok()) {
    Take(*visit);
  }
  return true;
}

void TreeArchive::Take(const Visit& visit) {
  const std::uint32_t type = visit.status->mode & kTypeMask;
  if (IsDirectory(*visit.status)) {
    Add(TarHeader(EntryOf(visit, TarType::kDirectory)));
  } else if (type == kLinkType) {
    if (absl::StatusOr<std::string> target = files_.ReadLink(visit.path); target.ok()) {
      TarEntry entry = EntryOf(visit, TarType::kLink);
      entry.target = *std::move(target);
      Add(TarHeader(entry));
    }
  } else if (type == kRegularType) {
    TakeFile(visit, EntryOf(visit, TarType::kRegular));
  }
}

void TreeArchive::TakeFile(const Visit& visit, TarEntry entry) {
  if (visit.status->size_bytes <= kSmallFileBytes) {
    // What files of /proc and /sys say of their size is not true.
    const absl::StatusOr<std::string> contents = files_.Read(visit.path, kLargestSmallFile);
    if (contents.ok()) {
      entry.size_bytes = contents->size();
      Add(TarHeader(entry));
      Add(*contents);
      Add(TarPadding(contents->size()));
    }
    return;
  }
  absl::StatusOr<std::unique_ptr<sys::FileReader>> reader = files_.Open(visit.path);
  if (reader.ok()) {
    reader_ = *std::move(reader);
    size_bytes_ = reader_->status().size_bytes;
    left_bytes_ = size_bytes_;
    entry.size_bytes = size_bytes_;
    Add(TarHeader(entry));
  }
}

void TreeArchive::AddPiece() {
  const auto wanted = static_cast<size_t>(std::min<std::uint64_t>(left_bytes_, kPieceBytes));
  std::string bytes = wanted == 0 ? "" : reader_->Next(wanted).value_or("");
  if (bytes.empty()) {
    bytes.resize(wanted);  // its end came early, or cannot be read
  }
  Add(bytes);
  left_bytes_ -= bytes.size();
  if (left_bytes_ == 0) {
    Add(TarPadding(size_bytes_));
    reader_ = nullptr;
  }
}

void TreeArchive::Add(std::string_view bytes) {
  taken_bytes_ += bytes.size();
  ready_ += gzip_.Add(bytes);
}

}  // namespace ichor::api
