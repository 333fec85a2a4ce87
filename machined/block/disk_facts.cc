#include "machined/block/disk_facts.h"

#include <algorithm>
#include <array>
#include <format>
#include <utility>

#include "machined/block/dev_path.h"

namespace ichor {
namespace {

constexpr std::uint64_t kSizeUnitBytes = 512;  // of `size`, whatever the disk's sectors
constexpr std::uint64_t kScsiCdromType = 5;
constexpr std::string_view kRootPrefix = "ichor-";  // as stage 1 names them
constexpr std::string_view kSysDevices = "/sys/devices";
constexpr size_t kVpdHeaderBytes = 4;
constexpr size_t kVpdLimitBytes = 4096;

// The first of the attributes that says anything.
std::string FirstOf(sys::Sysfs& sysfs, const std::string& directory,
                    std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    std::string text = sys::ReadAttribute(sysfs, directory + std::string(name));
    if (!text.empty()) {
      return text;
    }
  }
  return {};
}

std::uint64_t FirstNumber(sys::Sysfs& sysfs, const std::string& directory,
                          std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const std::uint64_t number = sys::ReadNumber(sysfs, directory + std::string(name)).value_or(0);
    if (number != 0) {
      return number;
    }
  }
  return 0;
}

// SCSI keeps the unit's serial number in a page of vital product data: a header, then text.
std::string ScsiSerial(sys::Sysfs& sysfs, const std::string& directory) {
  const absl::StatusOr<std::string> page =
      sysfs.Read(directory + "/device/vpd_pg80", kVpdLimitBytes);
  if (!page.ok() || page->size() <= kVpdHeaderBytes) {
    return {};
  }
  std::string serial(sys::Trimmed(std::string_view(*page).substr(kVpdHeaderBytes)));
  // Foreign bytes: what is shown and sent on must be text.
  std::erase_if(serial, [](char c) { return c < 0x20 || c > 0x7e; });
  return serial;
}

// The part of the path that says where the disk is plugged in.
std::string BusPathOf(std::string_view devpath) {
  if (!devpath.starts_with(kSysDevices)) {
    return {};
  }
  devpath.remove_prefix(kSysDevices.size());
  // nvme's disks lie directly below their controller, others in a directory of the class.
  const size_t end = std::min(devpath.rfind("/block/"), devpath.rfind("/nvme/"));
  return std::string(devpath.substr(0, end));
}

void ReadIdentity(sys::Sysfs& sysfs, const std::string& directory, DiskFacts& facts) {
  facts.model = FirstOf(sysfs, directory, {"/device/model", "/device/name"});
  facts.firmware_version =
      FirstOf(sysfs, directory, {"/device/firmware_rev", "/device/rev", "/device/fwrev"});
  facts.serial = FirstOf(sysfs, directory, {"/device/serial", "/serial"});
  if (facts.serial.empty()) {
    facts.serial = ScsiSerial(sysfs, directory);
  }
  facts.modalias = FirstOf(sysfs, directory, {"/device/modalias"});
  facts.wwid = FirstOf(sysfs, directory, {"/wwid", "/device/wwid"});
  facts.uuid = FirstOf(sysfs, directory, {"/uuid"});
}

}  // namespace

std::string TransportOf(std::string_view devpath) {
  // The innermost bus that a person would name comes first.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kMarks = {{
      {"/usb", "usb"},
      {"/nvme", "nvme"},
      {"/mmc_host/", "mmc"},
      {"/virtio", "virtio"},
      {"/ata", "sata"},
      {"/end_device-", "sas"},
      {"/session", "iscsi"},
      {"/rport-", "fc"},
      {"/target", "scsi"},
  }};
  const auto* const mark = std::ranges::find_if(
      kMarks, [&](const auto& candidate) { return devpath.contains(candidate.first); });
  return mark == kMarks.end() ? std::string() : std::string(mark->second);
}

DiskFacts ReadDiskFacts(sys::Sysfs& sysfs, const std::string& name) {
  const std::string directory = "/sys/class/block/" + name;
  DiskFacts facts;
  facts.dev_path = DevPath(name);
  const std::uint64_t sectors = sys::ReadNumber(sysfs, directory + "/size").value_or(0);
  facts.size_bytes = sectors > UINT64_MAX / kSizeUnitBytes ? 0 : sectors * kSizeUnitBytes;
  facts.io_size_bytes =
      FirstNumber(sysfs, directory, {"/queue/optimal_io_size", "/queue/minimum_io_size"});
  facts.sector_size_bytes = FirstNumber(sysfs, directory, {"/queue/logical_block_size"});
  facts.of_the_root = sys::ReadAttribute(sysfs, directory + "/dm/name").starts_with(kRootPrefix);
  facts.readonly = sys::ReadNumber(sysfs, directory + "/ro") == 1;
  facts.rotational = sys::ReadNumber(sysfs, directory + "/queue/rotational") == 1;
  facts.cdrom = name.starts_with("sr") ||
                sys::ReadNumber(sysfs, directory + "/device/type") == kScsiCdromType;
  const absl::StatusOr<std::string> devpath = sysfs.Resolve(directory);
  if (devpath.ok()) {
    facts.bus_path = BusPathOf(*devpath);
    facts.transport = TransportOf(*devpath);
  }
  if (absl::StatusOr<std::vector<std::string>> slaves = sysfs.List(directory + "/slaves");
      slaves.ok()) {
    facts.secondaries = *std::move(slaves);
  }
  ReadIdentity(sysfs, directory, facts);
  return facts;
}

std::map<std::string, std::vector<std::string>> ReadSymlinks(sys::Sysfs& sysfs) {
  constexpr std::string_view kDev = "/dev/";
  constexpr std::string_view kLinks = "/dev/disk/";
  std::map<std::string, std::vector<std::string>> links;
  for (const std::string& kind : sysfs.List("/dev/disk").value_or(std::vector<std::string>())) {
    const std::string directory = "/dev/disk/" + kind;
    for (const std::string& name : sysfs.List(directory).value_or(std::vector<std::string>())) {
      const std::string link = std::format("{}/{}", directory, name);
      const absl::StatusOr<std::string> device = sysfs.Resolve(link);
      // udev's directories of links lie there too.
      if (device.ok() && device->starts_with(kDev) && !device->starts_with(kLinks)) {
        std::string id = device->substr(kDev.size());
        std::ranges::replace(id, '/', '!');
        links[id].push_back(link);
      }
    }
  }
  return links;
}

}  // namespace ichor
