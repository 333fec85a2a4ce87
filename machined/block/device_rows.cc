#include "machined/block/device_rows.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "lib/resource/utf8_text.h"
#include "machined/block/dev_path.h"
#include "machined/block/size.h"

namespace ichor {
namespace {

using VolumeSpec = block::DiscoveredVolume::Spec;

std::int64_t NumberOf(const DeviceProperties& properties, std::string_view key) {
  const auto found = properties.find(key);
  if (found == properties.end()) {
    return 0;
  }
  std::uint32_t number = 0;
  const char* const end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, number);
  return error == std::errc() && stop == end ? number : 0;
}

std::string TextOf(const DeviceProperties& properties, std::string_view key) {
  const auto found = properties.find(key);
  return found == properties.end() ? std::string() : Utf8Text(found->second);
}

// The vocabulary's name for what libblkid calls `type`.
std::string VolumeName(const std::string& type) {
  if (type == "crypto_LUKS") {
    return "luks";
  }
  return type == "LVM2_member" ? "lvm2-pv" : type;
}

void SetContents(const sys::ProbedContents& contents, VolumeSpec& volume) {
  volume.set_name(VolumeName(contents.type));
  volume.set_uuid(Utf8Text(contents.uuid));
  volume.set_label(Utf8Text(contents.label));
  volume.set_block_size(contents.block_size_bytes);
  volume.set_filesystem_block_size(contents.filesystem_block_size_bytes);
  volume.set_probed_size(contents.size_bytes);
}

// What is the same for a disk and its partitions.
VolumeSpec VolumeOf(const std::string& name, const DiskFacts& facts,
                    const block::BlockDevice::Spec& device) {
  VolumeSpec volume;
  volume.set_dev_path(DevPath(name));
  volume.set_type(device.type());
  volume.set_device_path(device.device_path());
  volume.set_sector_size(facts.sector_size_bytes);
  volume.set_io_size(facts.io_size_bytes);
  return volume;
}

void SetSize(std::uint64_t size_bytes, VolumeSpec& volume) {
  volume.set_size(size_bytes);
  volume.set_pretty_size(PrettySize(size_bytes));
}

// `volume` as it is for a partition of `disk`.
VolumeSpec PartitionOf(VolumeSpec volume, const std::string& disk,
                       const std::optional<sys::ProbedDisk>& probed,
                       const block::BlockDevice::Spec& device) {
  volume.set_parent(disk);
  volume.set_parent_dev_path(DevPath(disk));
  volume.set_partition_index(static_cast<std::uint64_t>(device.partition_number()));
  volume.set_partition_label(device.partition_name());
  SetSize(0, volume);
  if (!probed.has_value()) {
    return volume;
  }
  const auto found =
      std::ranges::find(probed->partitions, volume.partition_index(), &sys::ProbedPartition::index);
  if (found != probed->partitions.end()) {
    SetContents(found->contents, volume);
    SetSize(found->size_bytes, volume);
    volume.set_offset(found->offset_bytes);
    volume.set_partition_uuid(found->uuid);
    volume.set_partition_type(found->type);
    volume.set_partition_label(Utf8Text(found->label));
  }
  return volume;
}

}  // namespace

std::string_view BaseName(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

block::BlockDevice::Spec DeviceOf(std::string_view devpath, const DeviceProperties& properties) {
  block::BlockDevice::Spec device;
  device.set_type(TextOf(properties, "DEVTYPE"));
  device.set_major(NumberOf(properties, "MAJOR"));
  device.set_minor(NumberOf(properties, "MINOR"));
  device.set_device_path(std::string(devpath));
  if (device.type() == "partition") {
    device.set_partition_name(TextOf(properties, "PARTNAME"));
    device.set_partition_number(NumberOf(properties, "PARTN"));
    const std::string_view above = devpath.substr(0, devpath.rfind('/'));
    device.set_parent(std::string(BaseName(above)));
  }
  return device;
}

block::Disk::Spec DiskOf(const DiskFacts& facts, const std::vector<std::string>& symlinks) {
  block::Disk::Spec disk;
  disk.set_dev_path(facts.dev_path);
  disk.set_size(facts.size_bytes);
  disk.set_pretty_size(PrettySize(facts.size_bytes));
  disk.set_io_size(facts.io_size_bytes);
  disk.set_sector_size(facts.sector_size_bytes);
  disk.set_readonly(facts.readonly);
  disk.set_cdrom(facts.cdrom);
  disk.set_model(Utf8Text(facts.model));
  disk.set_firmware_version(Utf8Text(facts.firmware_version));
  disk.set_serial(Utf8Text(facts.serial));
  disk.set_modalias(Utf8Text(facts.modalias));
  disk.set_wwid(Utf8Text(facts.wwid));
  disk.set_uuid(Utf8Text(facts.uuid));
  disk.set_bus_path(facts.bus_path);
  disk.set_sub_system("/sys/class/block");
  disk.set_transport(facts.transport);
  disk.set_rotational(facts.rotational);
  disk.mutable_secondary_disks()->Add(facts.secondaries.begin(), facts.secondaries.end());
  disk.mutable_symlinks()->Add(symlinks.begin(), symlinks.end());
  return disk;
}

std::map<std::string, VolumeSpec> VolumesOf(const std::string& name, const DiskState& state,
                                            const DeviceRows& devices) {
  std::map<std::string, VolumeSpec> volumes;
  const auto device = devices.find(name);
  if (device == devices.end() || !state.facts.has_value()) {
    return volumes;
  }
  VolumeSpec disk = VolumeOf(name, *state.facts, device->second);
  SetSize(state.facts->size_bytes, disk);
  if (state.probed.has_value()) {
    SetContents(state.probed->contents, disk);
  }
  volumes.emplace(name, std::move(disk));
  for (const auto& [id, partition] : devices) {
    if (partition.parent() == name) {
      VolumeSpec volume = VolumeOf(id, *state.facts, partition);
      volumes.emplace(id, PartitionOf(std::move(volume), name, state.probed, partition));
    }
  }
  return volumes;
}

}  // namespace ichor
