#include "machined/api/files/file_tail.h"

#include <algorithm>
#include <deque>

#include "lib/base/status.h"

namespace ichor::api {
namespace {

constexpr size_t kBytesAtOnce = 64 << 10;

}  // namespace

absl::StatusOr<bool> FileTail::Produce(std::vector<std::string>& messages) {
  if (reader_ == nullptr) {
    RETURN_IF_ERROR(Begin());
  }
  ASSIGN_OR_RETURN(std::string bytes, reader_->Next(kBytesAtOnce));
  if (bytes.empty() && IsReplaced()) {
    ASSIGN_OR_RETURN(reader_, files_.Open(path_));
    ASSIGN_OR_RETURN(bytes, reader_->Next(kBytesAtOnce));
  }
  AppendData(bytes, messages);
  return !bytes.empty();
}

absl::Status FileTail::Begin() {
  std::uint64_t start = 0;
  if (lines_.has_value()) {
    ASSIGN_OR_RETURN(start, StartOfTail(*lines_));
  }
  ASSIGN_OR_RETURN(reader_, files_.Open(path_));
  return Skip(start);
}

// In bytes. A last line without an end counts too.
absl::StatusOr<std::uint64_t> FileTail::StartOfTail(size_t lines) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::FileReader> reader, files_.Open(path_));
  std::deque<std::uint64_t> starts = {0};  // of the last lines, and of the one after them
  std::uint64_t end = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::string bytes, reader->Next(kBytesAtOnce));
    if (bytes.empty()) {
      break;
    }
    for (size_t at = bytes.find('\n'); at != std::string::npos; at = bytes.find('\n', at + 1)) {
      starts.push_back(end + at + 1);
      if (starts.size() > lines + 1) {
        starts.pop_front();
      }
    }
    end += bytes.size();
  }
  if (starts.back() != end && starts.size() > lines) {
    starts.pop_front();
  }
  return starts.empty() ? end : starts.front();
}

absl::Status FileTail::Skip(std::uint64_t bytes) {
  while (bytes > 0) {
    ASSIGN_OR_RETURN(const std::string skipped,
                     reader_->Next(std::min<std::uint64_t>(bytes, kBytesAtOnce)));
    if (skipped.empty()) {
      break;
    }
    bytes -= skipped.size();
  }
  return absl::OkStatus();
}

bool FileTail::IsReplaced() const {
  const absl::StatusOr<sys::FileStatus> now = files_.Status(path_);
  return now.ok() && now->inode != reader_->status().inode;
}

}  // namespace ichor::api
