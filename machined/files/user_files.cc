#include "machined/files/user_files.h"

#include <filesystem>
#include <format>
#include <optional>
#include <system_error>

#include "config/legacy.pb.h"
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

// The directories between `var` and the file are there then.
absl::Status MakeWay(const std::string& var, const std::filesystem::path& below) {
  std::filesystem::path path = var;
  for (const std::filesystem::path& part : below.parent_path()) {
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

absl::Status WriteOne(const UserFile& file, const std::string& var) {
  RETURN_IF_ERROR(CheckUserPath(file));
  const std::filesystem::path below = file.path.substr(kVar.size());
  const std::string path = (var / below).string();
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
  if (!file.path.starts_with(kVar)) {
    return absl::InvalidArgumentError(
        file.op == UserFile::Op::kCreate
            ? std::format("create operation not allowed outside of /var: \"{}\"", file.path)
            : std::format("{}: only files below /var are written", file.path));
  }
  const std::filesystem::path path = file.path;
  if (file.path != path.lexically_normal().string() || !path.has_filename()) {
    return absl::InvalidArgumentError(
        std::format("{}: expected the path of a file, without \".\" and \"..\"", file.path));
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
        return WriteUserFiles(UserFilesOf(*config), kVarPath);
      });
}

}  // namespace ichor
