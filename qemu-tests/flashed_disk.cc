#include "qemu-tests/flashed_disk.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "lib/base/status.h"
#include "qemu-tests/child_process.h"

namespace ichor::qemu {

absl::Status FlashDisk(const std::string& path, std::uint64_t size_bytes) {
  RETURN_IF_ERROR(
      RunTool({"cp", "--sparse=always", "/ichor/build/image/amd64/disk.raw", path}, path + ".log"));
  std::error_code error;
  std::filesystem::resize_file(path, size_bytes, error);
  return error ? absl::ErrnoToStatus(error.value(), path) : absl::OkStatus();
}

absl::StatusOr<disk::PartitionTable> TableOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const auto read = [&](std::uint64_t offset, std::size_t size) -> absl::StatusOr<std::string> {
    std::string bytes(size, '\0');
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    return file ? absl::StatusOr<std::string>(bytes) : absl::DataLossError(path);
  };
  return disk::PartitionTable::Read({.size_bytes = std::filesystem::file_size(path)}, read);
}

}  // namespace ichor::qemu
