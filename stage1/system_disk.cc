#include "stage1/system_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "lib/early/bytes.h"
#include "lib/early/command_line.h"
#include "lib/early/fd.h"
#include "lib/early/file.h"

namespace ichor::stage1 {
namespace {

using early::Decimal;

constexpr const char* kLoaderVariable =
    "/sys/firmware/efi/efivars/LoaderDevicePartUUID-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
constexpr int kWaitMs = 30'000;
constexpr int kQuietMs = 300;  // after the first disk: a copy may be a little later

Gpt gpt;

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
  return ReadGpt({.read = ReadFd, .context = &number}, static_cast<std::uint64_t>(sector), bytes,
                 gpt);
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

// Takes one more disk that carries the GUIDs; the first by bus path is the system disk.
void Take(const Disk& disk, SystemDisk& out) {
  if (out.disk.name.empty()) {
    out.disk = disk;
    return;
  }
  const bool first = disk.bus_path.view() < out.disk.bus_path.view();
  if (out.copies < out.others.size()) out.others[out.copies++] = first ? out.disk : disk;
  if (first) out.disk = disk;
}

// Looks at all disks there are; true if one has the loader's partition and the one asked for.
bool Scan(const Guid& loader, std::string_view label, SystemDisk& out) {
  out = {};
  DIR* entries = ::opendir("/sys/class/block");
  if (entries == nullptr) return false;
  while (const dirent* entry = ::readdir(entries)) {
    if (!IsCandidate(entry->d_name) || !ReadDiskTable(entry->d_name) ||
        gpt.WithGuid(loader) == nullptr)
      continue;
    Disk disk;
    Describe(entry->d_name, disk);
    Take(disk, out);
  }
  ::closedir(entries);
  if (out.disk.name.empty() || !ReadDiskTable(out.disk.name.view())) return false;
  const Partition* partition = gpt.WithLabel(label);
  if (partition == nullptr) return false;
  out.slot_device = PartitionDevice(out.disk.name.view(), partition->number);
  return !out.slot_device.empty();
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

bool FindSystemDisk(const Guid& loader, std::string_view label, Uevents& events,
                    const Modules& modules, const early::Console& console, SystemDisk& out) {
  const std::int64_t deadline = NowMs() + kWaitMs;
  for (bool found = Scan(loader, label, out);;) {
    const std::int64_t left = deadline - NowMs();
    const bool heard = events.Next(static_cast<int>(found ? kQuietMs : left));
    if (!heard && found) return true;
    if (left <= 0) break;
    if (!heard) continue;
    modules.LoadFor(events.modalias());
    if (events.IsBlock()) found = Scan(loader, label, out);
  }
  console.Error({out.disk.name.empty() ? "no disk has the partition that the loader came from"
                                       : "the system disk has no such partition: ",
                 out.disk.name.empty() ? "" : label});
  return false;
}

}  // namespace ichor::stage1
