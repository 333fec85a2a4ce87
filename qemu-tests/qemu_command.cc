#include "qemu-tests/qemu_command.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
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
    case Firmware::kDirectDisk:
      return {"-kernel", files.image + "/kernel",
              "-initrd", InitramfsPath(spec, files),
              "-append", command_line};
  }
  return {};
}

Words DiskWords(const MachineSpec& spec, const MachineFiles& files) {
  Words words;
  if (std::ranges::any_of(spec.disks,
                          [](const DiskSpec& disk) { return disk.bus == DiskBus::kScsi; })) {
    words = {"-device", "virtio-scsi-pci,id=scsi"};
  }
  for (std::size_t i = 0; i < spec.disks.size(); ++i) {
    const bool scsi = spec.disks[i].bus == DiskBus::kScsi;
    const std::string& raw = spec.disks[i].raw_file;
    const std::string file =
        raw.empty() ? absl::StrCat("format=qcow2,file=", files.directory, "/disk", i, ".qcow2")
                    : "format=raw,file=" + raw;
    const int slot = spec.disks[i].pci_slot;
    const std::string address = slot != 0 ? absl::StrCat(",addr=", absl::Hex(slot)) : "";
    // A kernel that QEMU was given is boot device 0.
    Add(words, {"-drive", absl::StrCat("if=none,id=disk", i, ",", file), "-device",
                absl::StrCat(scsi ? "scsi-hd,bus=scsi.0" : "virtio-blk-pci", ",drive=disk", i,
                             ",serial=disk", i, ",bootindex=", i + 1, address)});
  }
  return words;
}

// What gets faults in, and what keeps records of them.
Words FaultWords(const MachineSpec& spec, const MachineFiles& files, const std::string& injector) {
  Words words;
  if (spec.has_injector) {
    words = {"-chardev", absl::StrCat("socket,id=injector,server=on,wait=off,path=", injector),
             "-serial", "chardev:injector"};
  }
  if (spec.has_error_store) {
    Add(words, {"-object",
                absl::StrCat("memory-backend-file,id=errors,share=on,size=64K,mem-path=",
                             files.directory, "/error-store"),
                "-device", "acpi-erst,memdev=errors"});
  }
  return words;
}

Words NicWords(const MachineSpec& spec, std::uint16_t api_port) {
  Words words;
  bool forwards = false;
  for (std::size_t i = 0; i < spec.nics.size(); ++i) {
    const std::string peer = absl::StrCat(",id=nic", i, ",netdev=net", i);
    // A network of its own: on one that two cards share by address only, answers take the wrong
    // one.
    const std::string network =
        absl::StrCat("user,id=net", i, ",net=10.0.", i + 2, ".0/24,ipv6-prefix=fec0:0:0:", i, "::");
    if (!spec.nics[i].has_carrier) {
      Add(words, {"-netdev", network});  // unplugged when QEMU runs
    } else {
      const std::string forward =
          std::exchange(forwards, true)
              ? ""
              : absl::StrCat(",hostfwd=tcp:127.0.0.1:", api_port, "-:50000");
      Add(words, {"-netdev", network + forward});
    }
    const int slot = spec.nics[i].pci_slot;
    const std::string address = slot != 0 ? absl::StrCat(",addr=", absl::Hex(slot)) : "";
    Add(words, {"-device", absl::StrCat("virtio-net-pci", peer, address)});
  }
  return words;
}

}  // namespace

std::string NameOf(Arch arch) {
  return arch == Arch::kAmd64 ? "amd64" : "arm64";
}

std::string InitramfsPath(const MachineSpec& spec, const MachineFiles& files) {
  if (spec.has_injector) {
    return files.directory + "/initramfs";
  }
  return files.image + (spec.firmware == Firmware::kDirect ? "/initramfs-pxe" : "/initramfs");
}

std::string UefiVariables(Arch arch) {
  return arch == Arch::kAmd64 ? "/usr/share/OVMF/OVMF_VARS_4M.fd"
                              : "/usr/share/AAVMF/AAVMF_VARS.fd";
}

std::vector<std::string> QemuCommand(const MachineSpec& spec, const MachineFiles& files,
                                     const LaunchOptions& options) {
  Words words = Base(spec.arch);
  Add(words, {"-accel",      options.accelerator,
              "-smp",        "2",
              "-m",          absl::StrCat(spec.memory_mib),
              "-nodefaults", "-no-user-config",
              "-display",    "none",
              "-chardev",    absl::StrCat("file,id=serial,path=", files.directory, "/console.log"),
              "-serial",     "chardev:serial",
              "-device",     "virtio-rng-pci",
              "-device",     "i6300esb",
              "-action",     "watchdog=reset"});
  Add(words, FirmwareWords(spec, files, options.command_line));
  if (!options.monitor.empty()) {
    Add(words, {"-qmp", absl::StrCat("unix:", options.monitor, ",server=on,wait=off")});
  }
  Add(words, FaultWords(spec, files, options.injector));
  Add(words, DiskWords(spec, files));
  Add(words, NicWords(spec, options.api_port));
  return words;
}

}  // namespace ichor::qemu
