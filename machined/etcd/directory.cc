#include "machined/etcd/directory.h"

#include <filesystem>
#include <format>
#include <system_error>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"

namespace ichor {
namespace {

constexpr const char* kDirectory = "etcd";
constexpr const char* kRecord = "etcd.beginning";
constexpr std::size_t kLargestRecord = 64 << 10;  // bytes

absl::Status StatusOf(const std::string& what, const std::error_code& error) {
  return error ? absl::InternalError(std::format("{}: {}", what, error.message()))
               : absl::OkStatus();
}

absl::Status IgnoreNotFound(absl::Status status) {
  return absl::IsNotFound(status) ? absl::OkStatus() : std::move(status);
}

// Whether there is nothing in the directory but what is being restored.
absl::StatusOr<bool> IsEmpty(const std::string& path) {
  std::error_code error;
  std::filesystem::directory_iterator at(path, error);
  RETURN_IF_ERROR(StatusOf(path, error));
  for (const std::filesystem::directory_iterator end; at != end; at.increment(error)) {
    RETURN_IF_ERROR(StatusOf(path, error));
    if (at->path().filename() != kRestoredName) {
      return false;
    }
  }
  return true;
}

// What is mounted there, a volume of its own, stays, and is empty.
absl::Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error == std::errc::device_or_resource_busy ? absl::OkStatus() : StatusOf(path, error);
}

}  // namespace

absl::StatusOr<EtcdDirectory::Data> EtcdDirectory::Look() const {
  std::error_code error;
  if (!std::filesystem::is_directory(parent_, error)) {
    RETURN_IF_ERROR(sys::MakeDirectory(parent_, {.mode = 0700}));
  }
  RETURN_IF_ERROR(sys::MakeDirectory(Path(kDirectory), {.uid = user_, .gid = user_, .mode = 0700}));
  Data data;
  ASSIGN_OR_RETURN(const bool empty, IsEmpty(Path(kDirectory)));
  const absl::StatusOr<std::string> record = sys::ReadFile(Path(kRecord), kLargestRecord);
  if (record.ok() && !data.ParseFromString(*record)) {
    return absl::DataLossError(std::format("{} makes no sense", Path(kRecord)));
  }
  RETURN_IF_ERROR(IgnoreNotFound(record.status()));
  data.set_empty(empty);
  return data;
}

absl::Status EtcdDirectory::Record(const Data& data) const {
  if (data.beginning() == Data::SNAPSHOT) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(snapshot(), error)) {
      return absl::FailedPreconditionError(
          "there is no snapshot to recover from: EtcdRecover has to send one first");
    }
    RETURN_IF_ERROR(sys::SetOwnership(snapshot(), {.uid = user_, .gid = user_, .mode = 0700}));
  }
  return sys::WriteFileAtomically(Path(kRecord), data.SerializeAsString(), 0600);
}

absl::Status EtcdDirectory::Forget() const {
  RETURN_IF_ERROR(IgnoreNotFound(sys::RemoveFile(Path(kRecord))));
  return IgnoreNotFound(sys::RemoveFile(snapshot()));
}

absl::Status EtcdDirectory::TakeRestored() const {
  const std::string directory = Path(kDirectory);
  const std::string restored = std::format("{}/{}", directory, kRestoredName);
  std::error_code error;
  if (!std::filesystem::is_directory(restored + "/member", error)) {
    return absl::FailedPreconditionError("nothing was restored");
  }
  std::filesystem::rename(restored + "/member", directory + "/member", error);
  RETURN_IF_ERROR(StatusOf(restored, error));
  RETURN_IF_ERROR(Forget());
  return RemoveTree(restored);
}

absl::Status EtcdDirectory::DropRestored() const {
  return RemoveTree(std::format("{}/{}", Path(kDirectory), kRestoredName));
}

absl::Status EtcdDirectory::Wipe() const {
  RETURN_IF_ERROR(IgnoreNotFound(sys::RemoveFile(Path(kRecord))));
  return RemoveTree(Path(kDirectory));
}

}  // namespace ichor
