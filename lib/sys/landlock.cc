#include "lib/sys/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <format>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
// What a file can have; the rest of kWrite is for directories.
constexpr std::uint64_t kWriteFile =
    kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
constexpr std::uint64_t kWrite = kRead | kWriteFile | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK;
// Everything that rights of the third version can forbid: kernels since 6.2 know them.
constexpr std::uint64_t kAll = kWrite | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                               LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                               LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;
constexpr int kNeededVersion = 3;

absl::Status Allow(int ruleset, std::string path, std::uint64_t rights) {
  const bool optional = path.ends_with('?');
  if (optional) {
    path.pop_back();
  }
  const base::UniqueFd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!fd.ok()) {
    return optional && errno == ENOENT ? absl::OkStatus()
                                       : ErrnoError(errno, "sandbox: open " + path);
  }
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) {
    return ErrnoError(errno, "sandbox: stat " + path);
  }
  const landlock_path_beneath_attr rule{
      .allowed_access = S_ISDIR(info.st_mode) ? rights : rights & kWriteFile,
      .parent_fd = fd.get()};
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return ErrnoError(errno, "sandbox: allow " + path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RestrictPaths(const std::vector<std::string>& readable,
                           const std::vector<std::string>& writable) {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < kNeededVersion) {
    return absl::UnimplementedError(std::format(
        "sandbox: Landlock version {} needed, the kernel has {}", kNeededVersion, version));
  }
  const landlock_ruleset_attr attributes{.handled_access_fs = kAll};
  const base::UniqueFd ruleset(static_cast<int>(
      syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes.handled_access_fs), 0)));
  if (!ruleset.ok()) {
    return ErrnoError(errno, "sandbox: create Landlock ruleset");
  }
  for (const std::string& path : readable) {
    RETURN_IF_ERROR(Allow(ruleset.get(), path, kRead));
  }
  for (const std::string& path : writable) {
    RETURN_IF_ERROR(Allow(ruleset.get(), path, kWrite));
  }
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return ErrnoError(errno, "sandbox: restrict paths");
  }
  return absl::OkStatus();
}

}  // namespace ichor::sys
