// What sysfs says about one disk.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sys/sysfs.h"

namespace ichor {

// Absent texts are empty.
struct DiskFacts {
  std::string dev_path;
  std::uint64_t size_bytes = 0;
  std::uint64_t io_size_bytes = 0;
  std::uint64_t sector_size_bytes = 0;
  bool readonly = false;
  // Device mapper's, and made by stage 1 out of the slot: nobody's disk.
  bool of_the_root = false;
  bool cdrom = false;
  bool rotational = false;
  std::string model;
  std::string firmware_version;
  std::string serial;
  std::string modalias;
  std::string wwid;
  std::string uuid;
  std::string bus_path;                  // as in /pci0000:00/0000:00:02.0/virtio1
  std::string transport;                 // "virtio", "nvme", "sata" …
  std::vector<std::string> secondaries;  // what a mapped disk is made of
};

// Reads the attributes of the disk that the kernel calls `name`; what is not there stays empty.
// Blocks as long as the disk lets its driver wait, since some drivers ask it for its serial number.
DiskFacts ReadDiskFacts(sys::Sysfs& sysfs, const std::string& name);

// The bus that a disk with this path below /sys hangs on; empty if that cannot be told.
std::string TransportOf(std::string_view devpath);

// Names of devices and their links below /dev/disk, both sorted. Blocks.
std::map<std::string, std::vector<std::string>> ReadSymlinks(sys::Sysfs& sysfs);

}  // namespace ichor
