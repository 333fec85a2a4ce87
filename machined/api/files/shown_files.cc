#include "machined/api/files/shown_files.h"

#include <algorithm>
#include <array>
#include <format>

#include "lib/base/status.h"

namespace ichor::api {
namespace {

constexpr std::array<std::string_view, 3> kForNobody = {
    "/proc/kcore",
    "/proc/kmsg",  // what is read there is lost for others
    "/system/run/checkpoint",
};
constexpr std::array<std::string_view, 8> kForAdmins = {
    "/etc/kubernetes",      "/system/config",     "/system/run/apid", "/system/run/machined",
    "/system/run/networkd", "/system/run/trustd", "/system/secrets",  "/system/state",
};
// Of each process: its memory, and what is on its stacks and in its environment.
constexpr std::array<std::string_view, 3> kOfProcesses = {"mem", "auxv", "environ"};

bool IsIn(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

// "/proc/12/mem", "/proc/12/task/13/mem".
bool IsOfProcess(std::string_view path) {
  constexpr std::string_view kProc = "/proc/";
  return path.starts_with(kProc) && path.size() > kProc.size() && path[kProc.size()] >= '0' &&
         path[kProc.size()] <= '9' &&
         std::ranges::contains(kOfProcesses, path.substr(path.rfind('/') + 1));
}

}  // namespace

absl::Status MayShow(std::string_view path, bool to_admin) {
  const auto holds = [path](std::string_view directory) { return IsIn(path, directory); };
  if (std::ranges::any_of(kForNobody, holds) || IsOfProcess(path)) {
    return absl::PermissionDeniedError(std::format("{} is not shown to anybody", path));
  }
  if (!to_admin && std::ranges::any_of(kForAdmins, holds)) {
    return absl::PermissionDeniedError(std::format("{} is shown to os:admin only", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ShownFiles::Read(const std::string& path, size_t limit_bytes) {
  RETURN_IF_ERROR(MayShow(path, to_admin_));
  return files_.Read(path, limit_bytes);
}

absl::StatusOr<std::unique_ptr<sys::FileReader>> ShownFiles::Open(const std::string& path) {
  RETURN_IF_ERROR(MayShow(path, to_admin_));
  return files_.Open(path);
}

absl::StatusOr<std::string> ShownFiles::Resolve(const std::string& path) {
  ASSIGN_OR_RETURN(std::string resolved, files_.Resolve(path));
  RETURN_IF_ERROR(MayShow(resolved, to_admin_));
  return resolved;
}

absl::StatusOr<std::vector<std::string>> ShownFiles::Entries(const std::string& path) {
  RETURN_IF_ERROR(MayShow(path, to_admin_));
  return files_.Entries(path);
}

absl::StatusOr<std::string> ShownFiles::ReadLink(const std::string& path) {
  RETURN_IF_ERROR(MayShow(path, to_admin_));
  return files_.ReadLink(path);
}

absl::StatusOr<sys::FileStatus> ShownFiles::Status(const std::string& path) {
  RETURN_IF_ERROR(MayShow(path, to_admin_));
  return files_.Status(path);
}

absl::StatusOr<std::vector<sys::ExtendedAttribute>> ShownFiles::Attributes(
    const std::string& path) {
  RETURN_IF_ERROR(MayShow(path, to_admin_));
  return files_.Attributes(path);
}

absl::StatusOr<sys::FilesystemUse> ShownFiles::Use(const std::string& path) {
  RETURN_IF_ERROR(MayShow(path, to_admin_));
  return files_.Use(path);
}

}  // namespace ichor::api
