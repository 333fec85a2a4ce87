#include "ichorctl/fetch/extractor.h"

#include <format>
#include <system_error>

#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(const fs::path& path, const std::error_code& error) {
  return absl::UnavailableError(std::format("{}: {}", path.string(), error.message()));
}

}  // namespace

absl::StatusOr<fs::path> Extractor::PathOf(const std::string& name) const {
  const fs::path relative = fs::path(name).relative_path().lexically_normal();
  const auto outside = [&] {
    return absl::InvalidArgumentError(std::format("\"{}\" leads out of the directory", name));
  };
  fs::path path = directory_;
  for (const fs::path& part : relative) {
    if (part == "..") {
      return outside();
    }
    std::error_code error;
    if (path != directory_ && fs::is_symlink(path, error)) {
      return outside();
    }
    path /= part;
  }
  return path;
}

absl::Status Extractor::Begin(const TarEntry& entry) {
  RETURN_IF_ERROR(Finish());
  ASSIGN_OR_RETURN(const fs::path path, PathOf(entry.name));
  std::error_code error;
  if (entry.type == TarEntry::Type::kDirectory) {
    fs::create_directories(path, error);
    return error ? Failed(path, error) : absl::OkStatus();
  }
  fs::create_directories(path.parent_path(), error);
  if (error) {
    return Failed(path.parent_path(), error);
  }
  if (entry.type == TarEntry::Type::kLink) {
    fs::create_symlink(entry.target, path, error);
    return error ? Failed(path, error) : absl::OkStatus();
  }
  if (entry.type == TarEntry::Type::kFile) {
    if (fs::is_symlink(path, error)) {
      return absl::InvalidArgumentError(std::format("\"{}\" is there twice", entry.name));
    }
    name_ = path.string();
    file_.open(path, std::ios::binary | std::ios::trunc);
  }
  return absl::OkStatus();
}

absl::Status Extractor::Contents(std::string_view bytes) {
  file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file_ ? absl::OkStatus()
               : absl::UnavailableError(name_ + ": cannot be written: is the disk full?");
}

absl::Status Extractor::Finish() {
  if (!file_.is_open() && file_) {
    return absl::OkStatus();
  }
  file_.close();
  const bool good = !file_.fail();
  file_.clear();
  return good ? absl::OkStatus() : absl::UnavailableError(name_ + ": cannot be written");
}

}  // namespace ichor::ctl
