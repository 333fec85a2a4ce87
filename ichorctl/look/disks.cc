// `ichorctl disks`
#include "google/protobuf/empty.pb.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "storage/storage.pb.h"

namespace ichor::ctl {
namespace {

void AddRows(const std::string& node, const storage::Disks& disks, Table& table) {
  for (const storage::Disk& disk : disks.disks()) {
    table.rows.push_back({node, Visible(disk.device_name()), Humanized(disk.size()),
                          storage::Disk::DiskType_Name(disk.type()), Visible(disk.model()),
                          Visible(disk.serial()), Visible(disk.wwid()),
                          disk.system_disk() ? "system disk" : ""});
  }
}

}  // namespace

Command DisksCommand(const SharedNodeFlags& flags) {
  return {.name = "disks",
          .summary = "Lists disks, and which one the system is on",
          .flags = WithNodeFlags(flags, Maintenance::kYes),
          .run = [flags](Session& session, const std::vector<std::string>&) {
            return ShowMessages<storage::DisksResponse>(
                session, *flags, "/storage.StorageService/Disks", google::protobuf::Empty(),
                {.columns = {"NODE", "DISK", "SIZE", "TYPE", "MODEL", "SERIAL", "WWID", ""}},
                AddRows);
          }};
}

}  // namespace ichor::ctl
