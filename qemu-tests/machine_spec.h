// What a machine is made of, as values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ichor::qemu {

enum class Arch : std::uint8_t { kAmd64, kArm64 };

// How it starts: a loader of disk.raw; or kernel and initramfs-pxe given to it by QEMU; or kernel
// and initramfs for slot A of the first disk, as GRUB gives them.
enum class Firmware : std::uint8_t { kBios, kUefi, kDirect, kDirectDisk };

// kUsb is a stick, which can be pulled out.
enum class DiskBus : std::uint8_t { kVirtio, kScsi, kSata, kNvme, kUsb };

enum class NicModel : std::uint8_t { kVirtio, kE1000e };

struct DiskSpec {
  std::uint64_t size_bytes = std::uint64_t{6} << 30;
  bool holds_image = false;  // begins with disk.raw, else empty
  int pci_slot = 0;          // of a disk with a controller of its own; 0: QEMU chooses
  // A file of the test's own, *.qcow2 or raw, written to as it is; else one is made.
  std::string file;
  DiskBus bus = DiskBus::kVirtio;
  std::string write_log;  // of a raw file: a file that every write goes to as well (block_log.h)
};

struct NicSpec {
  bool has_carrier = true;
  int pci_slot = 0;  // 0: QEMU chooses
  NicModel model = NicModel::kVirtio;
  std::string mac;  // empty: QEMU's, the same in each machine
  // The path of a cable, at most 100 bytes, that leads to the NIC of another machine which has the
  // other end (0 or 1) of it; empty: to QEMU's own network.
  std::string cable;
  int cable_end = 0;
};

struct MachineSpec {
  Arch arch = Arch::kAmd64;
  Firmware firmware = Firmware::kUefi;
  int memory_mib = 2048;
  // The firmware tries those with the image first, in this order.
  std::vector<DiskSpec> disks = {{.holds_image = true}};
  // Or, by UEFI, in the order that its own variables say: QEMU says none.
  bool orders_by_variables = false;
  std::vector<NicSpec> nics = {{}};
  std::string clock;   // what it shows at first, "2026-11-23T01:30:00", UTC; empty: the time
  std::string uuid;    // of the board, in SMBIOS; empty: QEMU's
  std::string serial;  // the same
  bool serves_kubernetes = false;  // a port of this machine leads to its API server
  std::string served;              // and another one here, "10.0.2.200:80" of QEMU's network
  // For machines that QEMU gives the kernel to:
  std::string arguments;         // behind the image's command line
  bool has_injector = false;     // faults get inside: injector.h
  bool has_error_store = false;  // the firmware keeps error records for the system (ACPI ERST)
};

// Where the files of a machine are.
struct MachineFiles {
  std::string image;  // directory of ./ichor image's results
  // The machine's own: diskN.qcow2, uefi-variables.fd, error-store, initramfs,
  // console.log
  std::string directory;
};

// "amd64" or "arm64": the name in paths.
std::string NameOf(Arch arch);

}  // namespace ichor::qemu
