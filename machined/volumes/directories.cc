#include "machined/volumes/directories.h"

#include <filesystem>
#include <system_error>

#include "lib/base/status.h"
#include "lib/sys/ownership.h"

namespace ichor {
namespace {

constexpr std::uint32_t kAuditUser = 65534;  // nobody: the API server

struct Directory {
  const char* path;
  sys::Ownership ownership;
};

// Parents before what is in them.
constexpr Directory kDirectories[] = {
    {"lib", {.mode = 0700}},
    {"lib/cni", {.mode = 0700}},
    {"lib/kubelet", {.mode = 0700}},
    {"lib/kubelet/seccomp", {.mode = 0700}},
    {"lib/kubelet/seccomp/profiles", {.mode = 0700}},
    {"log", {.mode = 0755}},
    {"log/audit", {.mode = 0700}},
    {"log/audit/kube", {.uid = kAuditUser, .gid = kAuditUser, .mode = 0700}},
    {"log/containers", {.mode = 0755}},
    {"log/pods", {.mode = 0755}},
    {"mnt", {.mode = 0755}},
};

}  // namespace

absl::Status MakeEphemeralDirectories(const std::string& root) {
  for (const Directory& directory : kDirectories) {
    RETURN_IF_ERROR(sys::MakeDirectory(root + "/" + directory.path, directory.ownership));
  }
  const std::filesystem::path run = root + "/run";
  std::error_code error;
  if (!std::filesystem::is_symlink(run, error)) {
    std::filesystem::create_symlink("/run", run, error);
    if (error) {
      return absl::InternalError(run.string() + ": " + error.message());
    }
  }
  return absl::OkStatus();
}

}  // namespace ichor
