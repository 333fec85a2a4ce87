#include "machined/api/files/file_messages.h"

#include <algorithm>

#include "lib/base/status.h"

namespace ichor::api {
namespace {

constexpr int kVisitsAtOnce = 500;
constexpr size_t kMaxCounted = 1'000'000;  // beyond, names of one file may count twice

constexpr std::uint32_t kTypeMask = 0170000;  // inode(7)
constexpr std::uint32_t kRegularType = 0100000;
constexpr std::uint32_t kLinkType = 0120000;

// Type or bit of inode(7), and Go's bit for it.
struct ModeBit {
  std::uint32_t mask;
  std::uint32_t value;
  std::uint32_t go;
};
constexpr ModeBit kModeBits[] = {
    {kTypeMask, 0040000, 1u << 31},                 // directory
    {kTypeMask, kLinkType, 1u << 27},               // symbolic link
    {kTypeMask, 0060000, 1u << 26},                 // block device
    {kTypeMask, 0020000, (1u << 26) | (1u << 21)},  // character device
    {kTypeMask, 0010000, 1u << 25},                 // FIFO
    {kTypeMask, 0140000, 1u << 24},                 // socket
    {04000, 04000, 1u << 23},                       // set-user-ID
    {02000, 02000, 1u << 22},                       // set-group-ID
    {01000, 01000, 1u << 20},                       // sticky
};

int MaxDepth(const machine::ListRequest& request) {
  if (!request.recurse()) {
    return 1;
  }
  return request.recursion_depth() == 0 ? -1 : request.recursion_depth();
}

std::string ErrorText(const absl::Status& status) {
  return std::string(base::MessageOf(status));
}

}  // namespace

std::uint32_t GoMode(std::uint32_t mode) {
  std::uint32_t go = mode & 0777;
  for (const ModeBit& bit : kModeBits) {
    go |= (mode & bit.mask) == bit.value ? bit.go : 0;
  }
  return go;
}

FileList::FileList(sys::FileView& files, machine::ListRequest request)
    : files_(files),
      request_(std::move(request)),
      walk_(files, request_.root(), MaxDepth(request_)) {}

absl::StatusOr<bool> FileList::Produce(std::vector<std::string>& messages) {
  for (int i = 0; i < kVisitsAtOnce; ++i) {
    const std::optional<Visit> visit = walk_.Next();
    if (!visit.has_value()) {
      return false;
    }
    const bool shown = visit->status.ok() ? !visit->leaving && Wants(*visit->status) : true;
    if (shown) {
      messages.push_back(Describe(*visit).SerializeAsString());
    }
  }
  return true;
}

bool FileList::Wants(const sys::FileStatus& status) const {
  if (request_.types().empty()) {
    return true;
  }
  const std::uint32_t type = status.mode & kTypeMask;
  return std::ranges::any_of(request_.types(), [&](int wanted) {
    return (wanted == machine::ListRequest::REGULAR && type == kRegularType) ||
           (wanted == machine::ListRequest::DIRECTORY && IsDirectory(status)) ||
           (wanted == machine::ListRequest::SYMLINK && type == kLinkType);
  });
}

machine::FileInfo FileList::Describe(const Visit& visit) {
  machine::FileInfo info;
  info.set_name(visit.path);
  info.set_relative_name(visit.relative);
  if (!visit.status.ok()) {
    info.set_error(ErrorText(visit.status.status()));
    return info;
  }
  const sys::FileStatus& status = *visit.status;
  info.set_size(static_cast<std::int64_t>(status.size_bytes));
  info.set_mode(GoMode(status.mode));
  info.set_modified(status.modified_seconds);
  info.set_is_dir(IsDirectory(status));
  info.set_uid(status.uid);
  info.set_gid(status.gid);
  if ((status.mode & kTypeMask) == kLinkType) {
    info.set_link(files_.ReadLink(visit.path).value_or(""));
  }
  if (request_.report_xattrs()) {
    for (sys::ExtendedAttribute& attribute :
         files_.Attributes(visit.path).value_or(std::vector<sys::ExtendedAttribute>())) {
      machine::Xattr& xattr = *info.add_xattrs();
      xattr.set_name(std::move(attribute.name));
      xattr.set_data(std::move(attribute.value));
    }
  }
  return info;
}

DiskUse::DiskUse(sys::FileView& files, machine::DiskUsageRequest request)
    : files_(files),
      request_(std::move(request)),
      paths_(request_.paths().rbegin(), request_.paths().rend()) {
  if (paths_.empty()) {
    paths_.emplace_back("/");
  }
}

absl::StatusOr<bool> DiskUse::Produce(std::vector<std::string>& messages) {
  for (int i = 0; i < kVisitsAtOnce; ++i) {
    if (!walk_.has_value()) {
      if (paths_.empty()) {
        return false;
      }
      walk_.emplace(files_, std::move(paths_.back()), -1);
      paths_.pop_back();
    }
    const std::optional<Visit> visit = walk_->Next();
    if (visit.has_value()) {
      Take(*visit, messages);
    } else {
      walk_.reset();
    }
  }
  return true;
}

void DiskUse::Take(const Visit& visit, std::vector<std::string>& messages) {
  if (visit.leaving) {
    const std::uint64_t bytes = sums_.back();
    sums_.pop_back();
    if (!sums_.empty()) {
      sums_.back() += bytes;
    }
    Report(visit, bytes, messages);
    return;
  }
  const std::uint64_t bytes = visit.status.ok() ? Count(*visit.status) : 0;
  if (visit.status.ok() && IsDirectory(*visit.status)) {
    sums_.push_back(bytes);
    return;
  }
  if (!sums_.empty()) {
    sums_.back() += bytes;
  }
  if (request_.all() || visit.depth == 0 || !visit.status.ok()) {
    Report(visit, bytes, messages);
  }
}

std::uint64_t DiskUse::Count(const sys::FileStatus& status) {
  if (status.links > 1 && !IsDirectory(status) && counted_.size() < kMaxCounted &&
      !counted_.emplace(status.device, status.inode).second) {
    return 0;
  }
  return status.used_bytes;
}

void DiskUse::Report(const Visit& visit, std::uint64_t bytes,
                     std::vector<std::string>& messages) const {
  if (request_.recursion_depth() > 0 && visit.depth >= request_.recursion_depth()) {
    return;
  }
  const auto size = static_cast<std::int64_t>(bytes);
  const std::int64_t threshold = request_.threshold();
  if ((threshold > 0 && size < threshold) || (threshold < 0 && size > -threshold)) {
    return;
  }
  machine::DiskUsageInfo info;
  info.set_name(visit.path);
  info.set_relative_name(visit.relative);
  info.set_size(size);
  if (!visit.status.ok()) {
    info.set_error(ErrorText(visit.status.status()));
  }
  messages.push_back(info.SerializeAsString());
}

}  // namespace ichor::api
