#include "lib/sys/linux_file_systems.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <format>
#include <tuple>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"
#include "lib/sys/read_to_end.h"

namespace ichor::sys {
namespace {

constexpr size_t kMaxNames = 1024;

// Writes from where `fd` stands, and flushes.
absl::Status WriteAll(int fd, const std::string& path, std::string_view bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = write(fd, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno != EINTR) {
      return ErrnoError(errno, "write " + path);
    }
    done += count < 0 ? 0 : static_cast<size_t>(count);
  }
  return fsync(fd) == 0 ? absl::OkStatus() : ErrnoError(errno, "fsync " + path);
}

class LinuxMountedFiles : public MountedFiles {
 public:
  explicit LinuxMountedFiles(base::UniqueFd root) : root_(std::move(root)) {}

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override;
  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override;
  absl::Status Overwrite(const std::string& path, std::string_view bytes) override;
  absl::Status MakeDirectory(const std::string& path) override;
  absl::Status Append(const std::string& path, std::string_view bytes) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;

 private:
  absl::StatusOr<base::UniqueFd> Open(const std::string& path, int flags) const {
    constexpr mode_t kMode = 0644;
    base::UniqueFd fd(openat(root_.get(), path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, kMode));
    return fd.ok() ? absl::StatusOr<base::UniqueFd>(std::move(fd))
                   : ErrnoError(errno, "open " + path);
  }

  base::UniqueFd root_;
};

absl::StatusOr<std::vector<std::string>> LinuxMountedFiles::List(const std::string& directory) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, Open(directory, O_RDONLY | O_DIRECTORY));
  DIR* const entries = fdopendir(fd.get());
  if (entries == nullptr) {
    return ErrnoError(errno, "list " + directory);
  }
  std::ignore = fd.Release();  // closedir(3) closes it
  std::vector<std::string> names;
  while (const dirent* const entry = readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && names.size() <= kMaxNames) {
      names.emplace_back(name);
    }
  }
  closedir(entries);
  if (names.size() > kMaxNames) {
    return absl::OutOfRangeError(std::format("list {}: more than {} names", directory, kMaxNames));
  }
  std::ranges::sort(names);
  return names;
}

absl::StatusOr<std::string> LinuxMountedFiles::Read(const std::string& path, size_t limit_bytes) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, Open(path, O_RDONLY));
  return ReadToEnd(fd.get(), path, limit_bytes);
}

absl::Status LinuxMountedFiles::Overwrite(const std::string& path, std::string_view bytes) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, Open(path, O_WRONLY));
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) {
    return ErrnoError(errno, "stat " + path);
  }
  if (static_cast<size_t>(info.st_size) != bytes.size()) {
    return absl::InvalidArgumentError(
        std::format("overwrite {}: it has {} bytes, not {}", path, info.st_size, bytes.size()));
  }
  return WriteAll(fd.get(), path, bytes);
}

absl::Status LinuxMountedFiles::MakeDirectory(const std::string& path) {
  constexpr mode_t kMode = 0755;
  if (mkdirat(root_.get(), path.c_str(), kMode) != 0 && errno != EEXIST) {
    return ErrnoError(errno, "make " + path);
  }
  return absl::OkStatus();
}

absl::Status LinuxMountedFiles::Append(const std::string& path, std::string_view bytes) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, Open(path, O_WRONLY | O_APPEND | O_CREAT));
  return WriteAll(fd.get(), path, bytes);
}

absl::Status LinuxMountedFiles::Rename(const std::string& from, const std::string& to) {
  if (renameat2(root_.get(), from.c_str(), root_.get(), to.c_str(), RENAME_NOREPLACE) != 0) {
    return ErrnoError(errno, std::format("rename {} to {}", from, to));
  }
  const std::string directory = std::filesystem::path(to).parent_path();
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   Open(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY));
  return fsync(fd.get()) == 0 ? absl::OkStatus() : ErrnoError(errno, "fsync " + directory);
}

absl::StatusOr<std::unique_ptr<MountedFiles>> MountWith(const char* flag, unsigned attributes,
                                                        const std::string& dev_path,
                                                        const std::string& type) {
  const std::string what = std::format("mount {} as {}", dev_path, type);
  const base::UniqueFd context(fsopen(type.c_str(), FSOPEN_CLOEXEC));
  if (!context.ok() ||
      fsconfig(context.get(), FSCONFIG_SET_STRING, "source", dev_path.c_str(), 0) != 0 ||
      fsconfig(context.get(), FSCONFIG_SET_FLAG, flag, nullptr, 0) != 0 ||
      fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return ErrnoError(errno, what);
  }
  base::UniqueFd mount(
      fsmount(context.get(), FSMOUNT_CLOEXEC,
              MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | attributes));
  if (!mount.ok()) {
    return ErrnoError(errno, what);
  }
  // The mount lives as long as this descriptor, which is no place to list from: O_PATH.
  return FilesBelow(std::move(mount));
}

}  // namespace

std::unique_ptr<MountedFiles> FilesBelow(base::UniqueFd directory) {
  return std::make_unique<LinuxMountedFiles>(std::move(directory));
}

absl::StatusOr<std::unique_ptr<MountedFiles>> LinuxFileSystems::Mount(const std::string& dev_path,
                                                                      const std::string& type) {
  // dirsync: a renamed file has its new name on the medium before the old one goes.
  return MountWith("dirsync", 0, dev_path, type);
}

absl::StatusOr<std::unique_ptr<MountedFiles>> LinuxFileSystems::MountReadOnly(
    const std::string& dev_path, const std::string& type) {
  return MountWith("ro", MOUNT_ATTR_RDONLY, dev_path, type);
}

}  // namespace ichor::sys
