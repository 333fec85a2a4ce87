#include "lib/sys/volume/linux_efi_variables.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <format>
#include <string_view>
#include <system_error>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/read_to_end.h"

namespace ichor::sys {
namespace {

constexpr std::string_view kGlobal = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr size_t kAttributesBytes = 4;
constexpr size_t kLargest = 64 << 10;
// Kept, and there for loaders and the system; see table 8-1.
constexpr std::string_view kAttributes("\x07\0\0\0", kAttributesBytes);

}  // namespace

std::string LinuxEfiVariables::PathOf(const std::string& name) const {
  return std::format("{}/{}{}", directory_, name, kGlobal);
}

bool LinuxEfiVariables::AreThere() {
  std::error_code error;
  const std::filesystem::directory_iterator files(directory_, error);
  return !error && files != std::filesystem::directory_iterator();
}

absl::StatusOr<std::vector<std::string>> LinuxEfiVariables::List() {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator files(directory_, error);
       !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    const std::string file = files->path().filename();
    if (file.ends_with(kGlobal)) {
      names.push_back(file.substr(0, file.size() - kGlobal.size()));
    }
  }
  if (error) {
    return ErrnoError(error.value(), "list " + directory_);
  }
  return names;
}

absl::StatusOr<std::string> LinuxEfiVariables::Read(const std::string& name) {
  const std::string path = PathOf(name);
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  ASSIGN_OR_RETURN(const std::string file, ReadToEnd(fd.get(), path, kLargest));
  return file.size() < kAttributesBytes ? absl::StatusOr<std::string>(absl::DataLossError(path))
                                        : file.substr(kAttributesBytes);
}

absl::Status LinuxEfiVariables::Write(const std::string& name, std::string_view bytes) {
  const std::string path = PathOf(name);
  const base::UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  std::string file(kAttributes);
  file += bytes;  // in one write: it is one call of the firmware
  return write(fd.get(), file.data(), file.size()) == static_cast<ssize_t>(file.size())
             ? absl::OkStatus()
             : ErrnoError(errno, "write " + path);
}

}  // namespace ichor::sys
