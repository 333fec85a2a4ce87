// What a machine is made of, as values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ichor::qemu {

enum class Arch : std::uint8_t { kAmd64, kArm64 };

// How it starts: a loader of disk.raw, or kernel and initramfs-pxe given to it by QEMU.
enum class Firmware : std::uint8_t { kBios, kUefi, kDirect };

struct DiskSpec {
  std::uint64_t size_bytes = std::uint64_t{6} << 30;
  bool holds_image = false;  // begins with disk.raw, else empty
  int pci_slot = 0;          // 0: QEMU chooses
  std::string raw_file;      // a file of the test's own, written to as it is; else made anew
};

struct NicSpec {
  bool has_carrier = true;
};

struct MachineSpec {
  Arch arch = Arch::kAmd64;
  Firmware firmware = Firmware::kUefi;
  int memory_mib = 2048;
  std::vector<DiskSpec> disks = {{.holds_image = true}};  // the firmware tries them in this order
  std::vector<NicSpec> nics = {{}};
};

// Where the files of a machine are.
struct MachineFiles {
  std::string image;      // directory of ./ichor image's results
  std::string directory;  // the machine's own: diskN.qcow2, uefi-variables.fd, console.log
};

// "amd64" or "arm64": the name in paths.
std::string NameOf(Arch arch);

}  // namespace ichor::qemu
