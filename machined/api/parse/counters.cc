#include "machined/api/parse/counters.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machined/api/parse/text.h"

namespace ichor::api::parse {
namespace {

constexpr size_t kDiskNameColumn = 2;  // after major and minor
constexpr size_t kDiskColumns = 14;    // of the oldest kernels; later ones have more
constexpr size_t kNetworkColumns = 16;

}  // namespace

machine::DiskStats DiskStatsOf(std::string_view diskstats) {
  machine::DiskStats stats;
  stats.mutable_total();
  for (const std::string_view line : Lines(diskstats)) {
    const std::vector<std::string_view> fields = Fields(line);
    if (fields.size() < kDiskColumns) {
      continue;
    }
    machine::DiskStat& disk = *stats.add_devices();
    disk.set_name(std::string(fields[kDiskNameColumn]));
    SetNumbers(disk, machine::DiskStat::kReadCompletedFieldNumber,
               std::span(fields).subspan(kDiskNameColumn + 1));
    AddNumbers(*stats.mutable_total(), disk);
  }
  return stats;
}

machine::NetworkDeviceStats NetworkStatsOf(std::string_view net_dev) {
  machine::NetworkDeviceStats stats;
  stats.mutable_total();
  for (const std::string_view line : Lines(net_dev)) {
    // A name may have colons itself.
    const size_t colon = line.rfind(':');
    if (colon == std::string_view::npos) {
      continue;  // the heading
    }
    const std::vector<std::string_view> counters = Fields(line.substr(colon + 1));
    if (counters.size() < kNetworkColumns) {
      continue;
    }
    machine::NetDev& device = *stats.add_devices();
    device.set_name(std::string(Trim(line.substr(0, colon))));
    SetNumbers(device, machine::NetDev::kRxBytesFieldNumber, counters);
    AddNumbers(*stats.mutable_total(), device);
  }
  return stats;
}

}  // namespace ichor::api::parse
