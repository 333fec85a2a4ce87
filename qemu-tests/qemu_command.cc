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

bool HasBus(const MachineSpec& spec, DiskBus bus) {
  return std::ranges::any_of(spec.disks, [bus](const DiskSpec& disk) { return disk.bus == bus; });
}

Words ControllerWords(const MachineSpec& spec) {
  Words words;
  if (HasBus(spec, DiskBus::kScsi)) {
    Add(words, {"-device", "virtio-scsi-pci,id=scsi"});
  }
  if (HasBus(spec, DiskBus::kSata)) {
    Add(words, {"-device", "ich9-ahci,id=sata"});
  }
  if (HasBus(spec, DiskBus::kUsb)) {
    Add(words, {"-device", "qemu-xhci,id=usb"});
  }
  return words;
}

std::string DeviceOf(DiskBus bus, std::size_t index) {
  switch (bus) {
    case DiskBus::kVirtio:
      return "virtio-blk-pci";
    case DiskBus::kScsi:
      return "scsi-hd,bus=scsi.0";
    case DiskBus::kSata:
      return absl::StrCat("ide-hd,bus=sata.", index);
    case DiskBus::kNvme:
      return "nvme";
    case DiskBus::kUsb:
      return "usb-storage,bus=usb.0,removable=on";
  }
  return "";
}

Words BackendWords(const DiskSpec& disk, const MachineFiles& files, std::size_t index) {
  const std::string file =
      disk.file.empty() ? absl::StrCat(files.directory, "/disk", index, ".qcow2") : disk.file;
  if (disk.write_log.empty()) {
    const char* format = file.ends_with(".qcow2") ? "qcow2" : "raw";
    return {"-drive", absl::StrCat("if=none,id=disk", index, ",format=", format, ",file=", file)};
  }
  return {"-blockdev", absl::StrCat("driver=blklogwrites,node-name=disk", index,
                                    ",file.driver=file,file.filename=", file,
                                    ",log.driver=file,log.filename=", disk.write_log)};
}

// A BIOS tries the first disk only, so the one with the image comes first. A kernel that QEMU was
// given is boot device 0.
std::size_t BootIndex(const MachineSpec& spec, std::size_t disk) {
  std::size_t index = 1;
  for (std::size_t i = 0; i < spec.disks.size(); ++i) {
    const bool same = spec.disks[i].holds_image == spec.disks[disk].holds_image;
    index += static_cast<std::size_t>(same ? i < disk : spec.disks[i].holds_image);
  }
  return index;
}

Words DiskWords(const MachineSpec& spec, const MachineFiles& files) {
  Words words = ControllerWords(spec);
  for (std::size_t i = 0; i < spec.disks.size(); ++i) {
    const DiskSpec& disk = spec.disks[i];
    const std::string address =
        disk.pci_slot != 0 ? absl::StrCat(",addr=", absl::Hex(disk.pci_slot)) : "";
    Add(words, BackendWords(disk, files, i));
    Add(words, {"-device",
                absl::StrCat(
                    DeviceOf(disk.bus, i), ",drive=disk", i, ",serial=disk", i,
                    spec.orders_by_variables ? "" : absl::StrCat(",bootindex=", BootIndex(spec, i)),
                    address)});
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

// Frames on a cable are datagrams between two sockets: what is sent while the other machine is off
// is lost.
std::string CableOf(const NicSpec& nic, std::size_t index) {
  return absl::StrCat("dgram,id=net", index, ",local.type=unix,local.path=", nic.cable, ".",
                      nic.cable_end, ",remote.type=unix,remote.path=", nic.cable, ".",
                      1 - nic.cable_end);
}

// The ports of this machine that lead to the guest, behind the words of its network.
std::string ForwardsOf(const MachineSpec& spec, const LaunchOptions& options) {
  std::string words = absl::StrCat(",hostfwd=tcp:127.0.0.1:", options.api_port, "-:50000");
  if (options.kubernetes_port != 0) {
    absl::StrAppend(&words, ",hostfwd=tcp:127.0.0.1:", options.kubernetes_port, "-:6443");
  }
  if (!spec.served.empty()) {
    absl::StrAppend(&words, ",hostfwd=tcp:127.0.0.1:", options.served_port, "-", spec.served);
  }
  return words;
}

Words NicWords(const MachineSpec& spec, const LaunchOptions& options) {
  Words words;
  bool forwards = false;
  for (std::size_t i = 0; i < spec.nics.size(); ++i) {
    const std::string peer = absl::StrCat(",id=nic", i, ",netdev=net", i);
    // A network of its own: on one that two cards share by address only, answers take the wrong
    // one.
    const std::string network =
        absl::StrCat("user,id=net", i, ",net=10.0.", i + 2, ".0/24,ipv6-prefix=fec0:0:0:", i, "::");
    if (!spec.nics[i].cable.empty()) {
      Add(words, {"-netdev", CableOf(spec.nics[i], i)});
    } else if (!spec.nics[i].has_carrier) {
      Add(words, {"-netdev", network});  // unplugged when QEMU runs
    } else {
      const std::string forward = std::exchange(forwards, true) ? "" : ForwardsOf(spec, options);
      Add(words, {"-netdev", network + forward});
    }
    const int slot = spec.nics[i].pci_slot;
    const std::string address = slot != 0 ? absl::StrCat(",addr=", absl::Hex(slot)) : "";
    const char* model = spec.nics[i].model == NicModel::kVirtio ? "virtio-net-pci" : "e1000e";
    const std::string mac = spec.nics[i].mac.empty() ? "" : ",mac=" + spec.nics[i].mac;
    Add(words, {"-device", absl::StrCat(model, peer, mac, address)});
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
  if (!spec.clock.empty()) {
    Add(words, {"-rtc", "base=" + spec.clock});
  }
  if (!spec.uuid.empty()) {
    Add(words, {"-uuid", spec.uuid});
  }
  if (!spec.serial.empty()) {
    Add(words, {"-smbios", "type=1,serial=" + spec.serial});
  }
  Add(words, FirmwareWords(spec, files, options.command_line));
  if (!options.monitor.empty()) {
    Add(words, {"-qmp", absl::StrCat("unix:", options.monitor, ",server=on,wait=off")});
  }
  Add(words, FaultWords(spec, files, options.injector));
  Add(words, DiskWords(spec, files));
  Add(words, NicWords(spec, options));
  return words;
}

}  // namespace ichor::qemu
