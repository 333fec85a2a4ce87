#include "lib/sys/run_with_input.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr int kSignalled = 128;  // as shells say it

// A file in memory, read from its beginning.
absl::StatusOr<base::UniqueFd> FileOf(const std::string& bytes) {
  base::UniqueFd fd(memfd_create("input", MFD_CLOEXEC));
  if (!fd.ok()) {
    return ErrnoError(errno, "memfd_create");
  }
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t count = write(fd.get(), bytes.data() + written, bytes.size() - written);
    if (count < 0) {
      return ErrnoError(errno, "write to memory");
    }
    written += static_cast<std::size_t>(count);
  }
  lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

}  // namespace

absl::StatusOr<int> RunWithInput(const std::string& path, const std::string& input) {
  ASSIGN_OR_RETURN(const base::UniqueFd file, FileOf(input));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, file.get(), STDIN_FILENO);
  const std::array<char*, 2> words = {const_cast<char*>(path.c_str()), nullptr};
  pid_t child = -1;
  const int error = posix_spawn(&child, path.c_str(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return ErrnoError(error, path);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return ErrnoError(errno, "wait for " + path);
    }
  }
  return WIFSIGNALED(status) ? kSignalled + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace ichor::sys
