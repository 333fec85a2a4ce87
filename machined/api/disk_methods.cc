#include <string>
#include <string_view>

#include "google/protobuf/empty.pb.h"
#include "machined/api/areas.h"
#include "storage/storage.pb.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

::storage::Disk::DiskType TypeOf(const block::DiskSpec& disk) {
  if (disk.cdrom()) {
    return ::storage::Disk::CD;
  }
  if (disk.transport() == "nvme") {
    return ::storage::Disk::NVME;
  }
  if (disk.transport() == "mmc") {
    return ::storage::Disk::SD;
  }
  return disk.rotational() ? ::storage::Disk::HDD : ::storage::Disk::SSD;
}

::storage::Disk Describe(const std::string& id, const block::DiskSpec& disk) {
  ::storage::Disk message;
  message.set_size(disk.size());
  message.set_model(disk.model());
  message.set_device_name(disk.dev_path());
  message.set_name(id);
  message.set_serial(disk.serial());
  message.set_modalias(disk.modalias());
  message.set_uuid(disk.uuid());
  message.set_wwid(disk.wwid());
  message.set_type(TypeOf(disk));
  message.set_bus_path(disk.bus_path());
  message.set_subsystem(disk.sub_system());
  message.set_readonly(disk.readonly());
  return message;
}

}  // namespace

void AddDiskMethods(Methods& methods) {
  methods.Unary<Empty>(
      "/storage.StorageService/Disks",
      [&runtime =
           methods.context().runtime](const Empty&) -> absl::StatusOr<::storage::DisksResponse> {
        const All<block::SystemDisk> system = runtime.Read<block::SystemDisk>();
        ::storage::DisksResponse reply;
        ::storage::Disks& disks = *reply.add_messages();
        for (const auto& row : runtime.Read<block::Disk>()) {
          ::storage::Disk& disk = *disks.add_disks();
          disk = Describe(row.id(), row.spec());
          disk.set_system_disk(!system.empty() && system.front().spec().disk_id() == row.id());
        }
        return reply;
      });
}

}  // namespace ichor::api
