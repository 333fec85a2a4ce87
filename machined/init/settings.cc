#include "machined/init/settings.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "lib/early/file.h"
#include "lib/early/kernel_parameters.h"
#include "lib/early/mount.h"
#include "lib/early/text.h"
#include "machined/init/memory_reserve.h"

namespace ichor::init {
namespace {

using early::ErrorText;
using early::Mount;

constexpr unsigned long kSecure = MS_NOSUID | MS_NODEV | MS_NOEXEC;  // mount(2)'s type

// facts/boot.md 1 and 2.
constexpr std::array kMounts = {
    Mount{"devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755"},
    Mount{"proc", "/proc", "proc", kSecure},
    Mount{"sysfs", "/sys", "sysfs", kSecure},
    Mount{"tmpfs", "/run", "tmpfs", kSecure | MS_RELATIME, "mode=0755"},
    Mount{"tmpfs", "/system", "tmpfs", kSecure | MS_RELATIME, "mode=0755"},
    Mount{"tmpfs", "/tmp", "tmpfs", kSecure | MS_RELATIME, "size=64M,mode=1777"},
    Mount{"tmpfs", "/dev/shm", "tmpfs", kSecure | MS_RELATIME, "mode=1777"},
    Mount{"devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "ptmxmode=000,mode=620,gid=5"},
    Mount{"hugetlbfs", "/dev/hugepages", "hugetlbfs", MS_NOSUID | MS_NODEV, nullptr, true},
    Mount{"cgroup2", "/sys/fs/cgroup", "cgroup2", kSecure | MS_RELATIME,
          "nsdelegate,memory_recursiveprot"},
    Mount{"bpf", "/sys/fs/bpf", "bpf", kSecure | MS_RELATIME, "mode=0700", true},
    Mount{"securityfs", "/sys/kernel/security", "securityfs", kSecure | MS_RELATIME, nullptr, true},
    Mount{"tracefs", "/sys/kernel/tracing", "tracefs", kSecure, nullptr, true},
    Mount{"configfs", "/sys/kernel/config", "configfs", kSecure | MS_RELATIME, nullptr, true},
    Mount{"debugfs", "/sys/kernel/debug", "debugfs", kSecure | MS_RELATIME, nullptr, true},
    Mount{"pstore", "/sys/fs/pstore", "pstore", kSecure | MS_RELATIME, nullptr, true},
    Mount{"efivarfs", "/sys/firmware/efi/efivars", "efivarfs", kSecure | MS_RELATIME, nullptr,
          true},
};

struct Directory {
  const char* path;
  unsigned mode;
};

constexpr std::array kDirectories = {
    Directory{"/system/etc", 0700},
    Directory{"/system/var", 0700},
    Directory{"/system/state", 0700},
    Directory{"/system/run", 0751},
    Directory{"/system/run/checkpoint", 0700},
    Directory{"/system/run/containerd", 0711},
    Directory{"/run/containerd", 0711},
};

}  // namespace

void MountLate(const early::Console& console) {
  early::MountAll(kMounts, console);
  for (const Directory& directory : kDirectories) {
    const int error = early::MakeDirectories(directory.path, directory.mode);
    if (error != 0) console.Error({"make ", directory.path, ": ", ErrorText(error)});
    // The mode of what stage 1 made may be another.
    if (error == 0) ::chmod(directory.path, directory.mode);
  }
  // Containers' mounts come and go in namespaces of their own, and must see ours.
  if (::mount(nullptr, "/", nullptr, MS_SHARED | MS_REC, nullptr) != 0) {
    console.Error({"share the mounts: ", ErrorText(errno)});
  }
}

void SetKernelParameters(const early::Console& console) {
  for (const early::KernelParameter& parameter : early::kKernelParameters) {
    const early::Text<128> path{"/proc/sys/", parameter.path};
    const int error = early::WriteFile(path.c_str(), parameter.value);
    if (error == 0 || error == ENOENT) continue;
    console.Warning({"set ", parameter.path, " to ", parameter.value, ": ", ErrorText(error)});
  }
}

void SetMemoryReserve(const early::Console& console) {
  constexpr const char* kReserve = "/proc/sys/vm/min_free_kbytes";
  std::array<char, 64> buffer{};
  // The first line, "MemTotal:  2018932 kB".
  auto memory = early::ReadLine("/proc/meminfo", buffer).value_or("");
  early::TakeUntil(memory, ':');
  memory = early::Trim(memory);
  const auto total = early::ToNumber(early::TakeUntil(memory, ' '));
  const auto now = early::ToNumber(early::ReadLine(kReserve, buffer).value_or(""));
  if (!total.has_value() || !now.has_value()) return;
  const auto wanted = SmallerReserve(*total, *now);
  if (!wanted.has_value()) return;
  const int error = early::WriteFile(kReserve, early::Decimal(static_cast<std::int64_t>(*wanted)));
  if (error != 0) console.Warning({"set ", kReserve, ": ", ErrorText(error)});
}

void SetOwnLimits(const early::Console& console) {
  const rlimit files = {.rlim_cur = 1048576, .rlim_max = 1048576};
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0)
    console.Warning({"set the limit of open files: ", ErrorText(errno)});
  if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
    console.Warning({"lock init in memory: ", ErrorText(errno)});
}

}  // namespace ichor::init
