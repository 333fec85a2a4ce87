#include "stage1/boot.h"

#include <fcntl.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lib/early/command_line.h"
#include "lib/early/fd.h"
#include "lib/early/file.h"
#include "lib/early/modules.h"
#include "lib/early/mount.h"
#include "lib/early/sha256.h"
#include "lib/early/uevents.h"
#include "stage1/facts.h"
#include "stage1/install_files.h"
#include "stage1/loop_device.h"
#include "stage1/slot.h"
#include "stage1/switch_root.h"
#include "stage1/system_disk.h"

namespace ichor::stage1 {
namespace {

using early::ErrorText;
using early::Mount;

constexpr const char* kRamSlot = "/root.slot";
constexpr int kWatchdogSeconds = 60;
constexpr unsigned long kSecure = MS_NOSUID | MS_NODEV | MS_NOEXEC;  // mount(2)'s type

constexpr std::array kFirstMounts = {
    Mount{"devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755"},
    Mount{"proc", "/proc", "proc", kSecure},
    Mount{"sysfs", "/sys", "sysfs", kSecure},
    Mount{"tmpfs", "/system", "tmpfs", kSecure | MS_RELATIME, "mode=0755"},
};
constexpr std::array kEfiMounts = {
    Mount{"efivarfs", "/sys/firmware/efi/efivars", "efivarfs", kSecure | MS_RELATIME, nullptr,
          true},
};

bool Exists(const char* path) {
  return ::access(path, F_OK) == 0;
}

// Arms the machine's watchdog, if its driver is loaded; -1 if not. It is fed from init on: until
// then it is the limit of stage 1.
int ArmWatchdog(const early::Console& console) {
  const int fd = ::open("/dev/watchdog0", O_WRONLY);  // init inherits it
  if (fd < 0) {
    if (errno != ENOENT) console.Error({"open the watchdog: ", ErrorText(errno)});
    return -1;
  }
  int seconds = kWatchdogSeconds;
  if (::ioctl(fd, WDIOC_SETTIMEOUT, &seconds) != 0)
    console.Warning({"set the watchdog's time: ", ErrorText(errno)});
  ::ioctl(fd, WDIOC_KEEPALIVE, 0);
  console.Info({"watchdog armed"});
  return fd;
}

std::string_view Firmware() {
  if (Exists("/sys/firmware/efi")) return "uefi";
  return Exists("/sys/firmware/devicetree/base") ? "devicetree" : "bios";
}

void LoadFirst(const early::Modules& modules) {
  // sha256 has several drivers for several processors: those that do not fit the machine refuse.
  for (const char* name : {"dm_mod", "sha256_ssse3", "sha256_arm64", "sha256_ce", "sha256_generic",
                           "dm_verity", "erofs"}) {
    modules.Load(name);
  }
  modules.Load(Firmware() == "uefi" ? "efivarfs" : "edd");
}

// Whether the loader counts tries of the entry that runs: GRUB says it on the command line,
// systemd-boot in the entry's name, "+LEFT-DONE" before the suffix.
bool OnTrial(std::string_view command_line) {
  if (early::FindValue(command_line, "ichor.tries").value_or("0") != "0") return true;
  std::array<char, 1024> buffer{};
  const auto entry = early::ReadFile(
      "/sys/firmware/efi/efivars/LoaderBootCountPath-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", buffer);
  return entry.has_value();
}

// Whether a file can be read to its end. Nobody could say what is wrong if init could not.
bool CanRead(const char* path, const early::Console& console) {
  static std::array<std::byte, 65536> buffer;
  const early::Fd fd(::open(path, O_RDONLY | O_CLOEXEC));
  ssize_t got = fd.ok() ? 1 : -1;
  while (got > 0)
    got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got < 0) console.Error({"read ", path, ": ", ErrorText(errno)});
  return got == 0;
}

// Lets the kernel read what init starts, and decompress and verify it, while stage 1 goes on. It
// need not succeed.
void ReadAhead() {
  const early::Fd fd(::open("/root/usr/bin/machined", O_RDONLY | O_CLOEXEC));
  if (fd.ok()) ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_WILLNEED);
}

// What the steps work with.
struct Means {
  early::Uevents& events;
  const early::Modules& modules;
  const early::Console& console;
  BootFacts& facts;
};

bool MountRamRoot(const early::Sha256Digest& expected, const Means& means) {
  const auto& [events, modules, console, facts] = means;
  modules.Load("loop");
  early::Fd keep;
  const DevicePath device = AttachLoop(kRamSlot, keep);
  if (device.empty()) {
    console.Error({"attach ", kRamSlot, ": ", ErrorText(errno)});
    return false;
  }
  facts.Write("slot", "ram");
  KeepInstallFiles(console);
  return MountSlot(device.c_str(), expected, modules, console);
}

void WriteDiskFacts(const SystemDisk& found, BootFacts& facts, const early::Console& console) {
  const Disk& disk = found.disks[0];
  facts.Write("system-disk", disk.number.view());
  if (found.count == 1) return;
  early::Text<512> numbers;
  early::Text<512> names{"several disks carry the loader's partition; used is ",
                         found.IsGuess() ? "the first by bus path, " : "the one that was booted, ",
                         disk.name.view(), "; copies:"};
  for (std::size_t i = 1; i < found.count; ++i) {
    numbers.Append({found.disks[i].number.view(), "\n"});
    names.Append({" ", found.disks[i].name.view()});
  }
  if (!found.IsGuess()) return console.Warning({names.view()});
  facts.Write("copies", numbers.view());
  facts.NoteError(names.view());
}

// Says which blocks dm-verity refused: the error of what read them says only that it could not.
void NameCorruptBlocks(std::string_view slot, early::Uevents& events,
                       const early::Console& console) {
  while (events.Next(0)) {
    if (const auto& corrupt = events.corrupt(); corrupt.has_value()) {
      console.Error({"slot ", slot, ": block ",
                     early::Decimal(static_cast<std::int64_t>(corrupt->number)), " of the ",
                     corrupt->metadata ? "hash tree" : "data", " of ", corrupt->device,
                     " is not what it shall be"});
    }
  }
}

// Fills `state` as far as it is known.
bool MountDiskRoot(std::string_view command_line, const early::Sha256Digest& expected,
                   const Means& means, SlotState& state) {
  const auto& [events, modules, console, facts] = means;
  const auto slot = early::FindValue(command_line, "ichor.slot").value_or("");
  if (slot != "A" && slot != "B") {
    console.Error({"ichor.slot is neither A nor B, and there is no ", kRamSlot});
    return false;
  }
  const auto text = LoaderPartition(command_line);
  const auto loader = early::ParseGuid(text.view());
  if (!loader.has_value()) {
    console.Error({"the loader does not say which partition it came from"});
    return false;
  }
  const char other = slot == "A" ? 'B' : 'A';
  const early::Text<16> label{"ROOT-", slot};
  const early::Text<16> other_label{"ROOT-", std::string_view(&other, 1)};
  const Wanted wanted = {.loader = *loader,
                         .label = label.view(),
                         .other_label = other_label.view(),
                         .path = FirmwarePath()};
  if (wanted.path.has_value())
    console.Info({"the firmware booted ", Describe(*wanted.path).view()});
  static SystemDisk found;
  if (!FindSystemDisk(wanted, events, modules, console, found)) return false;
  console.Info({"system disk ", found.disks[0].name.view(), ", slot ", slot});
  facts.Write("slot", slot);
  WriteDiskFacts(found, facts, console);
  state.on_disk = true;
  state.on_trial = OnTrial(command_line);
  state.other = FindOtherSlot(found, other);
  WriteFacts(state, facts);
  bool mounted = MountSlot(found.slot_device.c_str(), expected, modules, console);
  if (mounted) {
    ReadAhead();
    mounted = CanRead("/root/usr/sbin/init", console);
  }
  if (!mounted) NameCorruptBlocks(slot, events, console);
  return mounted;
}

}  // namespace

void MountFirst(const early::Console& console) {
  early::MountAll(kFirstMounts, console);
}

BootResult Boot(std::string_view command_line, const early::Console& console) {
  BootResult result;
  early::Modules modules(command_line, console);
  modules.Open();
  // First of all: a driver that hangs is common enough.
  modules.LoadForWatchdogs();
  result.watchdog_fd = ArmWatchdog(console);
  LoadFirst(modules);
  // Before: what appears while the devices of now are looked at is heard later.
  static early::Uevents events;
  if (!events.Open()) console.Error({"listen to the kernel's events: ", ErrorText(errno)});
  modules.LoadForAllDevices();
  if (result.watchdog_fd < 0) result.watchdog_fd = ArmWatchdog(console);  // behind another driver
  BootFacts facts(console);
  facts.Open();
  facts.Write("firmware", Firmware());
  if (Firmware() == "uefi") early::MountAll(kEfiMounts, console);

  early::Sha256Digest expected{};
  if (!early::FromHex(early::FindValue(command_line, "ichor.root").value_or(""), expected)) {
    console.Error({"ichor.root is not a hash"});
    return result;
  }
  const Means means = {.events = events, .modules = modules, .console = console, .facts = facts};
  const bool mounted = Exists(kRamSlot) ? MountRamRoot(expected, means)
                                        : MountDiskRoot(command_line, expected, means, result.slot);
  result.ok = mounted && SwitchRoot(console);
  return result;
}

void Restart(std::string_view command_line, const early::Console& console) {
  constexpr std::uint64_t kSeconds = 10;
  constexpr std::uint64_t kMostSeconds = 300;
  const auto said =
      early::ToNumber(early::FindValue(command_line, "panic").value_or("10")).value_or(kSeconds);
  if (said == 0) {
    console.Say(early::Level::kCritical, {"cannot go on; panic=0 says to wait for ever"});
    for (;;)
      ::pause();
  }
  const auto seconds = std::min(said, kMostSeconds);
  console.Say(early::Level::kCritical, {"cannot go on: restart in ",
                                        early::Decimal(static_cast<std::int64_t>(seconds)), " s"});
  ::poll(nullptr, 0, static_cast<int>(seconds) * 1000);
  ::reboot(RB_AUTOBOOT);
  ::_exit(1);
}

}  // namespace ichor::stage1
