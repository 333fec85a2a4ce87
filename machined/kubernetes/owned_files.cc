#include "machined/kubernetes/owned_files.h"

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <format>
#include <span>
#include <system_error>

#include "lib/base/hex.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"

namespace ichor {
namespace {

constexpr unsigned kFileMode = 0400;
constexpr unsigned kDirectoryMode = 0700;
constexpr std::size_t kLargestFile = 4 << 20;  // bytes

absl::Status MakeDirectories(const OwnedDirectory& directory) {
  std::filesystem::path made;
  const std::filesystem::path path(directory.path);
  for (const std::filesystem::path& part : path.parent_path()) {
    made /= part;
    std::error_code error;
    if (!std::filesystem::is_directory(made, error)) {
      RETURN_IF_ERROR(sys::MakeDirectory(made.string(), {.mode = 0755}));
    }
  }
  return sys::MakeDirectory(
      directory.path, {.uid = directory.owner, .gid = directory.owner, .mode = kDirectoryMode});
}

// With all that is in it, if it is one: what mounts a file that is not there may leave one.
absl::Status RemoveDirectory(const std::string& path) {
  std::error_code error;
  if (std::filesystem::symlink_status(path, error).type() ==
      std::filesystem::file_type::directory) {
    std::filesystem::remove_all(path, error);
    return error ? absl::InternalError(std::format("remove {}: {}", path, error.message()))
                 : absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status RemoveIfThere(const std::string& path) {
  const absl::Status removed = sys::RemoveFile(path);
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

absl::Status WriteOne(const OwnedDirectory& directory, const std::string& name,
                      const std::string& contents) {
  const std::string path = std::format("{}/{}", directory.path, name);
  RETURN_IF_ERROR(RemoveDirectory(path));
  const absl::StatusOr<std::string> current = sys::ReadFile(path, kLargestFile);
  if (!current.ok() || *current != contents) {
    RETURN_IF_ERROR(sys::WriteFileAtomically(path, contents, kFileMode));
  }
  return sys::SetOwnership(path,
                           {.uid = directory.owner, .gid = directory.owner, .mode = kFileMode});
}

absl::Status RemoveOthers(const std::string& path,
                          const std::map<std::string, std::string>& wanted) {
  absl::Status status;
  std::error_code error;
  for (std::filesystem::directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    if (!wanted.contains(at->path().filename().string())) {
      const absl::Status removed = RemoveDirectory(at->path().string());
      status.Update(removed.ok() ? RemoveIfThere(at->path().string()) : removed);
    }
  }
  return status;
}

}  // namespace

absl::Status WriteOwned(const std::vector<OwnedDirectory>& directories) {
  absl::Status status;
  for (const OwnedDirectory& directory : directories) {
    status.Update(MakeDirectories(directory));
    for (const auto& [name, contents] : directory.files) {
      status.Update(WriteOne(directory, name, contents));
    }
    status.Update(RemoveOthers(directory.path, directory.files));
  }
  return status;
}

absl::Status RemoveOwnedBelow(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_directory()) {
      files.push_back(at->path().string());
    }
  }
  absl::Status status;
  for (const std::string& file : files) {
    status.Update(sys::RemoveFile(file));
  }
  return status;
}

std::string VersionOfFiles(const std::vector<OwnedDirectory>& directories) {
  std::string all;
  const auto add = [&all](const std::string& text) {
    all += std::format("{}:", text.size());
    all += text;
  };
  for (const OwnedDirectory& directory : directories) {
    add(directory.path);
    for (const auto& [name, contents] : directory.files) {
      add(name);
      add(contents);
    }
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest.data());
  constexpr std::size_t kShownBytes = 8;
  return base::Hex(std::as_bytes(std::span(digest)).first(kShownBytes));
}

}  // namespace ichor
