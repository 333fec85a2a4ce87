#include "qemu-tests/qemu_command.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace ichor::qemu {
namespace {

using Words = std::vector<std::string>;

void Add(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

Words Base(Arch arch) {
  if (arch == Arch::kAmd64) {
    return {"qemu-system-x86_64", "-machine", "q35", "-cpu", "max", "-device", "VGA"};
  }
  return {"qemu-system-aarch64", "-machine", "virt",          "-cpu",
          "max,pauth-impdef=on", "-device",  "virtio-gpu-pci"};
}

std::string UefiCode(Arch arch) {
  return arch == Arch::kAmd64 ? "/usr/share/OVMF/OVMF_CODE_4M.fd"
                              : "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd";
}

Words FirmwareWords(const MachineSpec& spec, const MachineFiles& files,
                    const std::string& command_line) {
  switch (spec.firmware) {
    case Firmware::kBios:
      return {};
    case Firmware::kUefi:
      return {
          "-drive",
          absl::StrCat("if=pflash,format=raw,unit=0,readonly=on,file=", UefiCode(spec.arch)),
          "-drive",
          absl::StrCat("if=pflash,format=raw,unit=1,file=", files.directory, "/uefi-variables.fd")};
    case Firmware::kDirect:
      return {"-kernel", files.image + "/kernel",
              "-initrd", files.image + "/initramfs-pxe",
              "-append", command_line};
  }
  return {};
}

}  // namespace

std::string NameOf(Arch arch) {
  return arch == Arch::kAmd64 ? "amd64" : "arm64";
}

std::string UefiVariables(Arch arch) {
  return arch == Arch::kAmd64 ? "/usr/share/OVMF/OVMF_VARS_4M.fd"
                              : "/usr/share/AAVMF/AAVMF_VARS.fd";
}

std::vector<std::string> QemuCommand(const MachineSpec& spec, const MachineFiles& files,
                                     const std::string& accelerator,
                                     const std::string& command_line) {
  Words words = Base(spec.arch);
  Add(words, {"-accel",      accelerator,
              "-smp",        "2",
              "-m",          absl::StrCat(spec.memory_mib),
              "-nodefaults", "-no-user-config",
              "-display",    "none",
              "-chardev",    absl::StrCat("file,id=serial,path=", files.directory, "/console.log"),
              "-serial",     "chardev:serial",
              "-device",     "virtio-rng-pci",
              "-device",     "i6300esb",
              "-action",     "watchdog=reset"});
  Add(words, FirmwareWords(spec, files, command_line));
  for (std::size_t i = 0; i < spec.disks.size(); ++i) {
    const int slot = spec.disks[i].pci_slot;
    const std::string& raw = spec.disks[i].raw_file;
    const std::string file =
        raw.empty() ? absl::StrCat("format=qcow2,file=", files.directory, "/disk", i, ".qcow2")
                    : "format=raw,file=" + raw;
    Add(words, {"-drive", absl::StrCat("if=none,id=disk", i, ",", file), "-device",
                absl::StrCat("virtio-blk-pci,drive=disk", i, ",serial=disk", i, ",bootindex=", i,
                             slot != 0 ? absl::StrCat(",addr=", absl::Hex(slot)) : "")});
  }
  for (std::size_t i = 0; i < spec.nics.size(); ++i) {
    // A NIC without a peer has no carrier.
    const std::string peer = spec.nics[i].has_carrier ? absl::StrCat(",netdev=net", i) : "";
    if (!peer.empty()) {
      Add(words, {"-netdev", absl::StrCat("user,id=net", i)});
    }
    Add(words, {"-device", absl::StrCat("virtio-net-pci", peer)});
  }
  return words;
}

}  // namespace ichor::qemu
