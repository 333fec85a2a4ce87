#include "machined/files/user_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <format>
#include <optional>
#include <system_error>

#include "config/legacy.pb.h"
#include "config/security.pb.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"
#include "machined/config/active_config.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {
namespace {

constexpr std::string_view kVar = "/var/";
constexpr std::string_view kEtc = "/etc/";
constexpr std::array<std::string_view, 3> kGenerated = {"hosts", "machine-id", "resolv.conf"};
constexpr const char* kVarPath = "/var";
constexpr unsigned kPermissions = 07777;
constexpr unsigned kDefaultMode = 0644;
constexpr unsigned kDirectoryMode = 0755;
constexpr size_t kLargestFile = 16 << 20;  // bytes

UserFile::Op OpOf(std::string_view word) {
  if (word == "append") {
    return UserFile::Op::kAppend;
  }
  return word == "overwrite" ? UserFile::Op::kOverwrite : UserFile::Op::kCreate;
}

// What Kubernetes' containerd is told: machined/cri reads it.
bool IsForContainerd(const UserFile& file) {
  return file.path == "/etc/cri/conf.d/20-customization.part";
}

absl::Status WriteOne(const UserFile& file, const std::string& var) {
  RETURN_IF_ERROR(CheckUserPath(file));
  const std::string below = file.path.substr(kVar.size());
  const std::string path = std::format("{}/{}", var, below);
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::symlink_status(path, error);
  const bool there = status.type() == std::filesystem::file_type::regular;
  if (!there && status.type() != std::filesystem::file_type::not_found) {
    return absl::FailedPreconditionError(path + " is no regular file");
  }
  if (!there && file.op != UserFile::Op::kCreate) {
    return absl::NotFoundError(path + " does not exist");
  }
  std::string before;
  if (there) {
    ASSIGN_OR_RETURN(before, sys::ReadFile(path, kLargestFile));
  }
  std::string wanted = WantedContent(file, before);
  if (there && wanted == before &&
      (static_cast<unsigned>(status.permissions()) & kPermissions) == file.mode) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(MakeWay(var, below));
  return sys::WriteFileAtomically(path, wanted, file.mode);
}

}  // namespace

std::vector<UserFile> UserFilesOf(const config::Config& config) {
  std::vector<UserFile> files;
  const auto* const legacy = config.Get<config::v1alpha1::LegacyConfig>();
  if (legacy == nullptr) {
    return files;
  }
  files.reserve(static_cast<size_t>(legacy->machine().files_size()));
  for (const auto& file : legacy->machine().files()) {
    const unsigned mode = file.permissions() & kPermissions;
    files.push_back({.path = std::string(file.path()),
                     .content = std::string(file.content()),
                     .mode = mode == 0 ? kDefaultMode : mode,
                     .op = OpOf(file.op())});
  }
  return files;
}

absl::Status CheckUserPath(const UserFile& file) {
  const bool in_etc = file.path.starts_with(kEtc);
  if (!file.path.starts_with(kVar) && file.op == UserFile::Op::kCreate) {
    return absl::InvalidArgumentError(
        std::format("create operation not allowed outside of /var: \"{}\"{}", file.path,
                    in_etc ? "; use EtcFileConfig" : ""));
  }
  if (!file.path.starts_with(kVar) && !in_etc) {
    return absl::InvalidArgumentError(
        std::format("{}: only files below /var and /etc are written: the rest of the system is "
                    "read-only and verified",
                    file.path));
  }
  if (in_etc && std::ranges::contains(kGenerated, file.path.substr(kEtc.size()))) {
    return absl::InvalidArgumentError(file.path + ": the node makes this file itself");
  }
  const std::filesystem::path path = file.path;
  if (file.path != path.lexically_normal().string() || !path.has_filename()) {
    return absl::InvalidArgumentError(
        std::format("{}: expected the path of a file, without \".\" and \"..\"", file.path));
  }
  return absl::OkStatus();
}

absl::Status CheckUserFiles(const config::Config& config) {
  for (const UserFile& file : UserFilesOf(config)) {
    if (!IsForContainerd(file)) {
      RETURN_IF_ERROR(base::Annotate(CheckUserPath(file), "machine.files"));
    }
  }
  return absl::OkStatus();
}

std::vector<UserFile> EtcEditsOf(const config::Config& config) {
  std::vector<UserFile> edits = UserFilesOf(config);
  std::erase_if(edits, [](const UserFile& file) {
    return !file.path.starts_with(kEtc) || IsForContainerd(file) || !CheckUserPath(file).ok();
  });
  for (const auto* roots : config.All<config::v1alpha1::TrustedRootsConfig>()) {
    edits.push_back({.path = "/etc/ssl/certs/ca-certificates.crt",
                     .content = std::string(roots->certificates()),
                     .mode = kDefaultMode,
                     .op = UserFile::Op::kAppend});
  }
  return edits;
}

absl::Status MakeWay(const std::string& root, const std::string& below) {
  std::filesystem::path path = root;
  for (const std::filesystem::path& part : std::filesystem::path(below).parent_path()) {
    path /= part;
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::symlink_status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
      RETURN_IF_ERROR(sys::MakeDirectory(path.string(), {.mode = kDirectoryMode}));
    } else if (status.type() != std::filesystem::file_type::directory) {
      return absl::FailedPreconditionError(path.string() + " is no directory");
    }
  }
  return absl::OkStatus();
}

std::string WantedContent(const UserFile& file, std::string_view before) {
  if (file.op != UserFile::Op::kAppend) {
    return file.content;
  }
  const std::string added = "\n" + file.content;
  return before.ends_with(added) ? std::string(before) : std::string(before) + added;
}

absl::Status WriteUserFiles(const std::vector<UserFile>& files, const std::string& var) {
  absl::Status first;
  for (const UserFile& file : files) {
    const absl::Status written = WriteOne(file, var);
    if (!written.ok()) {
      first.Update(
          absl::Status(written.code(), std::format("machine.files: {}", base::MessageOf(written))));
    }
  }
  return first;
}

void RegisterUserFiles(Runtime& runtime) {
  runtime.Actuate<config::MachineConfig, block::MountStatus>(
      "files.write-user-files",
      [](const All<config::MachineConfig>& configs, const All<block::MountStatus>& mounts) {
        const std::optional<config::Config> config = ActiveConfig(configs);
        if (!config.has_value() || mounts.find("EPHEMERAL") == mounts.end()) {
          return absl::OkStatus();
        }
        std::vector<UserFile> files = UserFilesOf(*config);
        std::erase_if(files, [](const UserFile& file) {
          return file.path.starts_with(kEtc) && (IsForContainerd(file) || CheckUserPath(file).ok());
        });
        return WriteUserFiles(files, kVarPath);
      });
}

}  // namespace ichor
