#include "machined/files/etc_files.h"

#include <filesystem>
#include <format>
#include <string_view>
#include <system_error>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"
#include "lib/sys/rewrite_file.h"

namespace ichor {
namespace {

using files::EtcFileSpec;
using files::EtcFileStatus;
using std::filesystem::file_type;

constexpr size_t kLargestFile = 16 << 20;  // bytes
constexpr unsigned kPermissions = 07777;
constexpr std::string_view kEtc = "/etc/";

unsigned ModeOf(const std::string& path) {
  std::error_code error;
  return static_cast<unsigned>(std::filesystem::status(path, error).permissions()) & kPermissions;
}

// The regular files below `directory`, by their paths from there.
absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(directory, error);
  for (const std::filesystem::recursive_directory_iterator end; !error && at != end;
       at.increment(error)) {
    if (at->symlink_status(error).type() == file_type::regular) {
      names.push_back(at->path().lexically_relative(directory).string());
    }
  }
  if (error) {
    return absl::InternalError(std::format("list {}: {}", directory, error.message()));
  }
  return names;
}

absl::Status CheckName(const std::string& name) {
  const std::filesystem::path path = name;
  if (path.is_absolute() || !path.has_filename() || name != path.lexically_normal().string() ||
      name.starts_with("..")) {
    return absl::InvalidArgumentError(
        std::format("/etc/{}: expected the path of a file, without \".\" and \"..\"", name));
  }
  return absl::OkStatus();
}

}  // namespace

Report<EtcFileStatus> EtcFiles::Apply(const All<EtcFileSpec>& desired,
                                      const std::vector<UserFile>& edits) {
  Report<EtcFileStatus> report;
  Files files;
  for (const auto& row : desired) {
    files[row.id()] = {.contents = row.spec().contents(),
                       .mode = row.spec().mode(),
                       .version = std::to_string(row.metadata().version)};
  }
  for (const UserFile& edit : edits) {
    if (const absl::Status edited = Edit(edit, files); !edited.ok()) {
      report.AddFailed(edit.path, {}, edited);
    }
  }
  for (const auto& [name, file] : files) {
    EtcFileStatus::Spec status;
    if (const absl::Status written = Write(name, file); written.ok()) {
      status.set_spec_version(file.version);
      report.Add(name, std::move(status));
    } else {
      report.AddFailed(name, std::move(status), written);
    }
  }
  const absl::StatusOr<std::vector<std::string>> unwanted = Unwanted(files);
  if (!unwanted.ok()) {
    report.AddFailed(places_.changed, {}, unwanted.status());
    return report;
  }
  for (const std::string& name : *unwanted) {
    if (const absl::Status back = TakeBack(name); !back.ok()) {
      report.AddFailed(name, {}, back);
    }
  }
  return report;
}

// What an edit makes of a file, which edits before it may have changed.
absl::Status EtcFiles::Edit(const UserFile& edit, Files& files) {
  const std::string name = edit.path.substr(kEtc.size());
  RETURN_IF_ERROR(CheckName(name));
  auto found = files.find(name);
  if (found == files.end()) {
    RETURN_IF_ERROR(MountOverlay());
    ASSIGN_OR_RETURN(std::string before,
                     sys::ReadFile(std::format("{}/{}", places_.image, name), kLargestFile));
    found = files.emplace(name, Wanted{.contents = std::move(before)}).first;
  } else if (!found->second.version.empty()) {
    return absl::InvalidArgumentError("the node makes this file itself");
  }
  found->second.contents = WantedContent(edit, found->second.contents);
  found->second.mode = edit.mode;
  return absl::OkStatus();
}

absl::Status EtcFiles::Write(const std::string& name, const Wanted& file) {
  RETURN_IF_ERROR(CheckName(name));
  const bool generated = IsGenerated(name);
  if (!generated) {
    RETURN_IF_ERROR(MountOverlay());
    RETURN_IF_ERROR(MakeWay(places_.files, name));
  }
  const std::string path =
      std::format("{}/{}", generated ? places_.generated : places_.files, name);
  const absl::StatusOr<std::string> current = sys::ReadFile(path, kLargestFile);
  if (current.ok() && *current == file.contents && ModeOf(path) == file.mode) {
    return absl::OkStatus();
  }
  // Containers have those of the network mounted: /etc/hosts, /etc/resolv.conf.
  return generated ? sys::RewriteFile(path, file.contents, file.mode)
                   : sys::WriteFileAtomically(path, file.contents, file.mode);
}

// Whether the image has a link in its place: "../system/etc/hosts". An overlay shows it as well.
bool EtcFiles::IsGenerated(const std::string& name) const {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(std::format("{}/{}", places_.etc, name), error);
  return !error && target == std::format("../system/etc/{}", name);
}

// The steps are those that a machined before this one may have been in the midst of.
absl::Status EtcFiles::MountOverlay() {
  ASSIGN_OR_RETURN(const bool there, mounts_.IsMounted(places_.etc));
  if (there) {
    return absl::OkStatus();
  }
  const std::filesystem::path overlay = std::filesystem::path(places_.files).parent_path();
  RETURN_IF_ERROR(sys::MakeDirectory(overlay.string(), {.mode = 0755}));
  for (const std::string& directory :
       {places_.image, places_.files, places_.changed, places_.work}) {
    RETURN_IF_ERROR(sys::MakeDirectory(directory, {.mode = 0755}));
  }
  ASSIGN_OR_RETURN(const bool shown, mounts_.IsMounted(places_.image));
  if (!shown) {
    RETURN_IF_ERROR(mounts_.ShowAt(places_.etc, places_.image));
  }
  ASSIGN_OR_RETURN(const bool mounted, mounts_.IsMounted(places_.files));
  if (!mounted) {
    RETURN_IF_ERROR(mounts_.MountOverlay({.lower = places_.image,
                                          .upper = places_.changed,
                                          .work = places_.work,
                                          .target = places_.files}));
  }
  return mounts_.ShowAt(places_.files, places_.etc);
}

// What was written once and is not wanted, or not any more.
absl::StatusOr<std::vector<std::string>> EtcFiles::Unwanted(const Files& wanted) const {
  ASSIGN_OR_RETURN(const bool mounted, mounts_.IsMounted(places_.etc));
  if (!mounted) {
    return std::vector<std::string>();
  }
  ASSIGN_OR_RETURN(std::vector<std::string> names, FilesBelow(places_.changed));
  std::erase_if(names, [&wanted](const std::string& name) { return wanted.contains(name); });
  return names;
}

// The file is the image's again, or gone.
absl::Status EtcFiles::TakeBack(const std::string& name) const {
  const std::string path = std::format("{}/{}", places_.files, name);
  const std::string image = std::format("{}/{}", places_.image, name);
  const absl::StatusOr<std::string> original = sys::ReadFile(image, kLargestFile);
  if (absl::IsNotFound(original.status())) {
    return sys::RemoveFile(path);
  }
  RETURN_IF_ERROR(original.status());
  const absl::StatusOr<std::string> current = sys::ReadFile(path, kLargestFile);
  if (current.ok() && *current == *original && ModeOf(path) == ModeOf(image)) {
    return absl::OkStatus();
  }
  return sys::WriteFileAtomically(path, *original, ModeOf(image));
}

}  // namespace ichor
