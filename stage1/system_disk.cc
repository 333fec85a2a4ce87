#include "stage1/system_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "lib/early/bytes.h"
#include "lib/early/command_line.h"
#include "lib/early/fd.h"
#include "lib/early/file.h"

namespace ichor::stage1 {
namespace {

using early::Decimal;

constexpr std::string_view kVariables = "/sys/firmware/efi/efivars/";
constexpr const char* kLoaderVariable =
    "/sys/firmware/efi/efivars/LoaderDevicePartUUID-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
constexpr std::string_view kGlobal = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr const char* kBiosDrive = "/sys/firmware/edd/int13_dev80/raw_data";
constexpr std::size_t kAttributes = 4;  // bytes in front of a variable's contents
constexpr int kWaitMs = 30'000;
constexpr int kQuietMs = 300;       // after the first disk: a copy may be a little later
constexpr int kLongQuietMs = 2000;  // the same if the firmware names another one

early::Gpt gpt;

bool ReadFd(void* context, std::uint64_t offset, std::span<std::byte> out) {
  return early::ReadAt(*static_cast<int*>(context), offset, out);
}

bool ReadDiskTable(std::string_view name) {
  const early::Text<64> path{"/dev/", name};
  const early::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::uint64_t bytes = 0;
  int sector = 0;
  if (!fd.ok() || ::ioctl(fd.get(), BLKGETSIZE64, &bytes) != 0 ||
      ::ioctl(fd.get(), BLKSSZGET, &sector) != 0)
    return false;
  int number = fd.get();
  return early::ReadGpt({.read = ReadFd, .context = &number}, static_cast<std::uint64_t>(sector),
                        bytes, gpt);
}

// Disks of which a node may have been booted: not those that the kernel makes of others.
bool IsCandidate(std::string_view name) {
  for (const std::string_view other : {"loop", "ram", "dm-", "zram", "md", "nbd", "sr", "fd"}) {
    if (name.starts_with(other)) return false;
  }
  const early::Text<128> partition{"/sys/class/block/", name, "/partition"};
  return !name.empty() && name[0] != '.' && ::access(partition.c_str(), F_OK) != 0;
}

void Describe(std::string_view name, Disk& out) {
  std::array<char, 512> buffer{};
  out = {};
  out.name.Append({name});
  const early::Text<128> device{"/sys/class/block/", name};
  const auto size = ::readlink(device.c_str(), buffer.data(), buffer.size());
  if (size > 0)
    out.bus_path.Append({std::string_view(buffer.data(), static_cast<std::size_t>(size))});
  const early::Text<128> number{device.view(), "/dev"};
  if (const auto text = early::ReadLine(number.c_str(), buffer); text.has_value())
    out.number.Append({*text});
}

// The device of a partition as the kernel names it; empty if the kernel has none yet.
early::Text<64> PartitionDevice(std::string_view disk, std::uint32_t number) {
  const bool digit = disk.back() >= '0' && disk.back() <= '9';
  const early::Text<48> name{disk, digit ? "p" : "", Decimal(number)};
  const early::Text<64> path{"/dev/", name.view()};
  return ::access(path.c_str(), F_OK) == 0 ? path : early::Text<64>{};
}

std::optional<std::uint64_t> ReadNumber(const early::Text<512>& path) {
  std::array<char, 32> buffer{};
  const auto text = early::ReadLine(path.c_str(), buffer);
  return text.has_value() ? early::ToNumber(*text) : std::nullopt;
}

// What the firmware's words can be compared with.
DiskPlace PlaceOf(const Disk& disk) {
  DiskPlace place;
  place.path = disk.bus_path.view();
  for (std::string_view rest = place.path; !rest.empty();) {
    const std::string_view segment = early::TakeUntil(rest, '/');
    if (segment.starts_with("pci") && !place.root_uid.has_value()) {
      place.root_uid = ReadNumber({"/sys/devices/", segment, "/firmware_node/uid"});
    } else if (segment.starts_with("ata")) {
      place.ata_port = ReadNumber({"/sys/class/ata_port/", segment, "/port_no"});
    }
  }
  if (disk.name.view().starts_with("nvme"))
    place.namespace_id = ReadNumber({"/sys/class/block/", disk.name.view(), "/nsid"});
  return place;
}

// Looks at all disks there are; true if one has the loader's partition and the slot's, and the
// kernel has made the devices of all its partitions that matter here.
bool Scan(const Wanted& wanted, SystemDisk& out) {
  out = {};
  DIR* entries = ::opendir("/sys/class/block");
  if (entries == nullptr) return false;
  while (const dirent* entry = ::readdir(entries)) {
    if (!IsCandidate(entry->d_name) || !ReadDiskTable(entry->d_name) ||
        gpt.WithGuid(wanted.loader) == nullptr)
      continue;
    static Disk disk;
    Describe(entry->d_name, disk);
    if (wanted.path.has_value()) disk.match = Compare(*wanted.path, PlaceOf(disk));
    Insert(disk, out);
  }
  ::closedir(entries);
  if (out.count == 0 || !ReadDiskTable(out.disks[0].name.view())) return false;
  bool complete = true;
  const auto device = [&](std::string_view label) {
    const early::Partition* partition = gpt.WithLabel(label);
    if (partition == nullptr) return early::Text<64>{};
    const auto path = PartitionDevice(out.disks[0].name.view(), partition->number);
    complete = complete && !path.empty();
    return path;
  };
  out.slot_device = device(wanted.label);
  out.other_slot_device = device(wanted.other_label);
  out.bios_device = device("BIOS");
  return complete && !out.slot_device.empty();
}

// The contents of a variable; empty if there is none.
std::span<const std::byte> ReadVariable(std::string_view name, std::span<char> buffer) {
  const early::Text<128> path{kVariables, name, kGlobal};
  const auto contents = early::ReadFile(path.c_str(), buffer);
  if (!contents.has_value() || contents->size() < kAttributes) return {};
  return std::as_bytes(std::span(*contents)).subspan(kAttributes);
}

std::int64_t NowMs() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return (static_cast<std::int64_t>(now.tv_sec) * 1000) + (now.tv_nsec / 1'000'000);
}

}  // namespace

early::Text<40> LoaderPartition(std::string_view command_line) {
  std::array<char, 128> buffer{};
  early::Text<40> out;
  const auto variable = early::ReadFile(kLoaderVariable, buffer);
  if (!variable.has_value()) {
    out.Append({early::FindValue(command_line, "ichor.disk").value_or("")});
    return out;
  }
  // Four bytes of attributes, then UTF-16 of ASCII text.
  const auto bytes = std::as_bytes(std::span(buffer)).first(variable->size());
  for (std::size_t i = 4; i + 1 < bytes.size(); i += 2) {
    const auto unit = early::LittleEndian<std::uint16_t>(bytes, i);
    if (unit == 0) break;
    out.Push(unit < 128 ? static_cast<char>(unit) : '?');
  }
  return out;
}

std::optional<BootPath> FirmwarePath() {
  static std::array<char, 4096> buffer;
  const auto current = ReadVariable("BootCurrent", buffer);
  if (current.size() == 2) {
    const std::array<std::byte, 2> number = {current[1], current[0]};
    std::array<char, 4> digits{};
    early::ToHex(number, digits);
    for (char& c : digits)
      c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    const early::Text<16> name{"Boot", std::string_view(digits.data(), digits.size())};
    return ParseLoadOption(ReadVariable(name.view(), buffer));
  }
  const auto raw = early::ReadFile(kBiosDrive, buffer);
  return raw.has_value() ? ParseEdd(std::as_bytes(std::span(*raw))) : std::nullopt;
}

void Insert(const Disk& disk, SystemDisk& out) {
  const auto before = [](const Disk& a, const Disk& b) {
    return a.match != b.match ? a.match > b.match : a.bus_path.view() < b.bus_path.view();
  };
  std::size_t at = out.count;
  while (at > 0 && before(disk, out.disks[at - 1]))
    --at;
  if (at == out.disks.size()) return;
  out.count = std::min(out.count + 1, out.disks.size());
  std::copy_backward(out.disks.begin() + static_cast<std::ptrdiff_t>(at),
                     out.disks.begin() + static_cast<std::ptrdiff_t>(out.count) - 1,
                     out.disks.begin() + static_cast<std::ptrdiff_t>(out.count));
  out.disks[at] = disk;
}

bool FindSystemDisk(const Wanted& wanted, early::Uevents& events, const early::Modules& modules,
                    const early::Console& console, SystemDisk& out) {
  const std::int64_t deadline = NowMs() + kWaitMs;
  for (bool found = Scan(wanted, out);;) {
    if (found && out.disks[0].match == Match::kDisk) return true;
    const std::int64_t left = deadline - NowMs();
    const bool other = wanted.path.has_value() && out.disks[0].match == Match::kNo;
    const bool heard =
        events.Next(found ? (other ? kLongQuietMs : kQuietMs) : static_cast<int>(left));
    if (!heard && found) return true;
    if (left <= 0) break;
    if (!heard) continue;
    modules.LoadFor(events.modalias());
    if (events.IsBlock()) found = Scan(wanted, out);
  }
  if (!out.slot_device.empty()) return true;
  console.Error({out.count == 0 ? "no disk has the partition that the loader came from"
                                : "the system disk has no such partition: ",
                 out.count == 0 ? "" : wanted.label});
  return false;
}

}  // namespace ichor::stage1
