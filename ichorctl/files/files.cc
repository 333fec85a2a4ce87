#include "ichorctl/files/files.h"

#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <ostream>
#include <system_error>

#include "lib/base/status.h"
#include "lib/sys/file.h"

namespace ichor::ctl {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandard = "-";

absl::Status MakeParent(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path(), error);
  }
  return error ? absl::PermissionDeniedError(
                     std::format("make {}: {}", path.parent_path().string(), error.message()))
               : absl::OkStatus();
}

// A pipe, a device: it cannot be replaced, only written to.
absl::Status WriteInto(const fs::path& path, std::string_view contents) {
  std::ofstream file(path, std::ios::binary);
  file << contents << std::flush;
  return file ? absl::OkStatus()
              : absl::UnavailableError(std::format("{}: cannot be written", path.string()));
}

}  // namespace

absl::StatusOr<std::string> ReadInput(Session& session, const std::string& path) {
  if (path == kStandard) {
    return std::string(std::istreambuf_iterator<char>(session.in), {});
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return absl::NotFoundError(std::format("{}: there is no such file", path));
  }
  if (fs::is_directory(status)) {
    return absl::InvalidArgumentError(std::format("{} is a directory; expected a file", path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::PermissionDeniedError(std::format("{}: cannot be read", path));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::Status CheckOutput(const std::string& path, bool force) {
  std::error_code error;
  if (path == kStandard || force || !fs::is_regular_file(path, error)) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError(std::format("{} exists already; --force replaces it", path));
}

absl::Status WriteOutput(Session& session, const std::string& path, std::string_view contents,
                         const WriteOptions& options) {
  if (path == kStandard) {
    session.out << contents << std::flush;
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckOutput(path, options.force));
  std::error_code error;
  fs::path target = path;
  const fs::file_status status = fs::status(target, error);
  if (fs::is_directory(status)) {
    return absl::InvalidArgumentError(std::format("{} is a directory; expected a file", path));
  }
  if (fs::exists(status)) {
    target = fs::canonical(target, error);
    if (!fs::is_regular_file(status)) {
      return WriteInto(target, contents);
    }
  } else {
    RETURN_IF_ERROR(MakeParent(target));
  }
  return base::Annotate(sys::WriteFileAtomically(target.string(), contents, options.mode), path);
}

}  // namespace ichor::ctl
