// The way to the disk that was booted, as the firmware tells it, and whether it leads to a disk
// that the kernel found. Device paths: UEFI specification 2.10, chapter 10; EDD: T13 1572D.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/early/text.h"

namespace ichor::stage1 {

// From the processor on: a PCI root, bridges and at last a controller, then what the controller
// calls the disk.
struct BootPath {
  // What is behind the controller. kController: nothing, the controller is the disk.
  enum class Bus : std::uint8_t { kController, kAta, kScsi, kNvme, kUsb, kOther };
  struct Pci {
    std::uint8_t bus = 0;  // only the BIOS knows it
    std::uint8_t device = 0;
    std::uint8_t function = 0;
    friend bool operator==(const Pci&, const Pci&) = default;
  };

  bool bios = false;  // the one hop has a bus, and no root is named
  std::uint32_t root_uid = 0;
  std::size_t hop_count = 0;
  std::array<Pci, 8> hops;
  Bus bus = Bus::kController;
  std::uint64_t unit = 0;  // ATA: port from 0; SCSI: target; NVMe: namespace
  std::uint64_t lun = 0;   // SCSI
  std::size_t port_count = 0;
  std::array<std::uint8_t, 7> ports{};  // USB: from 1, the root hub's first
};

// The device path of a boot option: the contents of a variable Boot####. Empty if it is none, or
// does not begin at a PCI root: the short form of installed systems names a partition only.
std::optional<BootPath> ParseLoadOption(std::span<const std::byte> option);

// What the BIOS says of a drive: `raw_data` of the kernel's edd. Empty if it does not say where it
// is.
std::optional<BootPath> ParseEdd(std::span<const std::byte> raw);

// For the console: "PCI 3.0", "PCI 1c.0/0.0, SCSI target 0 LUN 1".
early::Text<128> Describe(const BootPath& path);

// Where a disk is, as sysfs has it.
struct DiskPlace {
  std::string_view
      path;  // of the device: "../../devices/pci0000:00/0000:00:03.0/virtio1/block/vda"
  std::optional<std::uint64_t> root_uid;  // of the PCI root in ACPI
  std::optional<std::uint64_t> ata_port;  // from 1
  std::optional<std::uint64_t> namespace_id;
};

enum class Match : std::uint8_t {
  kNo,
  kController,  // the same controller; whether it is the same disk cannot be said
  kDisk,
};

Match Compare(const BootPath& path, const DiskPlace& place);

}  // namespace ichor::stage1
