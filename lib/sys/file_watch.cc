#include "lib/sys/file_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr std::uint32_t kEvents = IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MODIFY |
                                  IN_MOVE | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::size_t kBufferBytes = 16 << 10;
constexpr int kMostReads = 16;

// The number of the watch, which is the earlier one if there is one; 0 if the directory is gone.
absl::StatusOr<int> WatchOne(int inotify, const std::string& directory) {
  const int watch =
      inotify_add_watch(inotify, directory.c_str(), kEvents | IN_ONLYDIR | IN_DONT_FOLLOW);
  if (watch < 0 && errno != ENOENT && errno != ENOTDIR) {
    return ErrnoError(errno, "watch " + directory);
  }
  return std::max(watch, 0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileWatch>> FileWatch::Create() {
  base::UniqueFd inotify(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify.ok()) {
    return ErrnoError(errno, "inotify");
  }
  return std::unique_ptr<FileWatch>(new FileWatch(std::move(inotify)));
}

absl::StatusOr<int> FileWatch::Watch(const std::string& directory) {
  ASSIGN_OR_RETURN(int youngest, WatchOne(inotify_.get(), directory));
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(directory, error);
  for (const std::filesystem::recursive_directory_iterator end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;  // since it was listed
    if (at->symlink_status(gone).type() == std::filesystem::file_type::directory) {
      ASSIGN_OR_RETURN(const int watch, WatchOne(inotify_.get(), at->path().string()));
      youngest = std::max(youngest, watch);
    }
  }
  return youngest;
}

bool FileWatch::Drain() {
  alignas(inotify_event) std::array<char, kBufferBytes> buffer{};
  int reads = 0;  // bounded, should somebody never cease
  while (reads < kMostReads && read(inotify_.get(), buffer.data(), buffer.size()) > 0) {
    ++reads;
  }
  return reads > 0;
}

}  // namespace ichor::sys
