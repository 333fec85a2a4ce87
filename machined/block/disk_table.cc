#include "machined/block/disk_table.h"

#include <cctype>
#include <format>

#include "lib/base/status.h"
#include "lib/disk/table_writes.h"

namespace ichor {

std::string PartitionPath(std::string_view dev_path, std::uint32_t number) {
  const bool digit = !dev_path.empty() && std::isdigit(static_cast<unsigned char>(dev_path.back()));
  return std::format("{}{}{}", dev_path, digit ? "p" : "", number);
}

absl::StatusOr<disk::Geometry> ReadGeometry(sys::BlockDevices& devices,
                                            const std::string& dev_path) {
  ASSIGN_OR_RETURN(const sys::DeviceSize size, devices.Measure(dev_path));
  return disk::Geometry{.size_bytes = size.bytes, .sector_bytes = size.sector_bytes};
}

absl::StatusOr<disk::PartitionTable> ReadTable(sys::BlockDevices& devices,
                                               const std::string& dev_path) {
  ASSIGN_OR_RETURN(const disk::Geometry geometry, ReadGeometry(devices, dev_path));
  return disk::PartitionTable::Read(geometry, [&](std::uint64_t offset, size_t bytes) {
    return devices.Read(dev_path, offset, bytes);
  });
}

absl::Status WriteTable(sys::BlockDevices& devices, const std::string& dev_path,
                        const disk::PartitionTable& table) {
  ASSIGN_OR_RETURN(const std::string boot_record,
                   devices.Read(dev_path, 0, table.geometry().sector_bytes));
  for (const disk::TableWrite& write : disk::WritesFor(table, boot_record)) {
    RETURN_IF_ERROR(devices.Write(dev_path, write.offset_bytes, write.bytes));
  }
  return absl::OkStatus();
}

}  // namespace ichor
