#include "machined/install/find_systems.h"

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/disk/system_table.h"
#include "machined/block/disk_table.h"

namespace ichor {

std::vector<std::string> FindAcceptedSystems(sys::BlockDevices& devices,
                                             const std::vector<std::string>& disks) {
  std::vector<std::string> accepted;
  for (const std::string& disk : disks) {
    const auto table = ReadTable(devices, disk);
    if (table.ok() && disk::IsAccepted(*table)) {
      accepted.push_back(disk);
    } else if (!table.ok() && !absl::IsNotFound(table.status())) {
      base::Log(base::Severity::kWarning, "{} is not looked at for a system: {}", disk,
                base::MessageOf(table.status()));
    }
  }
  return accepted;
}

}  // namespace ichor
