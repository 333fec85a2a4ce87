#include <string>

#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/parse/mounts.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

constexpr size_t kMaxBytes = 8 << 20;

// A file system that does not say how large it is, is listed with zeros.
absl::StatusOr<machine::MountsResponse> ReadMounts(sys::FileView& files) {
  ASSIGN_OR_RETURN(const std::string text, files.Read("/proc/self/mounts", kMaxBytes));
  machine::MountsResponse reply;
  machine::Mounts& mounts = *reply.add_messages();
  for (const parse::Mount& mount : parse::MountsOf(text)) {
    const sys::FilesystemUse use = files.Use(mount.target).value_or(sys::FilesystemUse());
    machine::MountStat& stat = *mounts.add_stats();
    stat.set_filesystem(mount.source);
    stat.set_mounted_on(mount.target);
    stat.set_size(use.size_bytes);
    stat.set_available(use.available_bytes);
  }
  return reply;
}

absl::StatusOr<machine::StorageServiceStatfsResponse> ReadUse(
    sys::FileView& files, const machine::StorageServiceStatfsRequest& request) {
  ASSIGN_OR_RETURN(const sys::FilesystemUse use, files.Use(request.path()));
  machine::StorageServiceStatfsResponse reply;
  reply.set_size(use.size_bytes);
  reply.set_used(use.size_bytes - use.free_bytes);
  reply.set_available(use.available_bytes);
  reply.set_inodes(use.inodes);
  reply.set_inodes_used(use.inodes - use.inodes_free);
  reply.set_inodes_free(use.inodes_free);
  return reply;
}

}  // namespace

void AddMountMethods(Methods& methods) {
  sys::FileView& files = methods.context().files;
  methods.Blocking<Empty>("/machine.MachineService/Mounts",
                          [&files](const Empty&) { return ReadMounts(files); });
  methods.Blocking<machine::StorageServiceStatfsRequest>(
      "/machine.StorageService/Statfs",
      [&files](const machine::StorageServiceStatfsRequest& request) {
        return ReadUse(files, request);
      });
}

}  // namespace ichor::api
