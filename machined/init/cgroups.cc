#include "machined/init/cgroups.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "lib/early/file.h"
#include "lib/early/text.h"
#include "machined/init/cgroup_values.h"

namespace ichor::init {
namespace {

using early::Decimal;
using early::ErrorText;
using early::Text;
using early::WriteFile;

constexpr const char* kRoot = "/sys/fs/cgroup";
constexpr std::string_view kControllers = "+cpu +memory +pids +io +cpuset +hugetlb";

using Path = Text<256>;

// Lets the children of a cgroup have controllers. All at once, for each write waits until no
// process is between two cgroups; one by one where the kernel lacks some.
void Delegate(std::string_view path) {
  const Path file{kRoot, "/", path, path.empty() ? "" : "/", "cgroup.subtree_control"};
  if (WriteFile(file.c_str(), kControllers) == 0) return;
  for (std::string_view rest = kControllers; !rest.empty();)
    WriteFile(file.c_str(), early::TakeUntil(rest, ' '));
}

void SetMemory(const CgroupValues& values, const char* name, std::int32_t mib,
               const early::Console& console) {
  if (mib == kUnset) return;
  const Path file{kRoot, "/", values.path, "/", name};
  const int error = WriteFile(file.c_str(), Decimal(std::int64_t{mib} * 1024 * 1024));
  // Without swap in the kernel there is nothing to forbid.
  if (error != 0 && !(error == ENOENT && mib == 0))
    console.Warning({"write ", file.view(), ": ", ErrorText(error)});
}

void SetValues(const CgroupValues& values, std::uint32_t processors,
               const early::Console& console) {
  SetMemory(values, "memory.min", values.memory_min, console);
  SetMemory(values, "memory.low", values.memory_low, console);
  SetMemory(values, "memory.max", values.memory_max, console);
  SetMemory(values, "memory.swap.max", values.swap_max, console);
  if (values.cpu_millicores == 0) return;
  const Path file{kRoot, "/", values.path, "/cpu.weight"};
  WriteFile(file.c_str(), Decimal(CpuWeight(values.cpu_millicores, processors)));
}

// Whether other cgroups of the start are below this one: then it must hold no processes, but may
// have children.
bool HasChildren(std::string_view path) {
  for (const CgroupValues& values : StartCgroups()) {
    const std::string_view other = values.path;
    if (other.size() > path.size() && other.starts_with(path) && other[path.size()] == '/')
      return true;
  }
  return false;
}

}  // namespace

void MakeStartCgroups(const early::Console& console) {
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);  // sysconf(3)
  Delegate("");
  for (const CgroupValues& values : StartCgroups()) {
    const Path path{kRoot, "/", values.path};
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
      console.Error({"make cgroup ", values.path, ": ", ErrorText(errno)});
      continue;
    }
    if (HasChildren(values.path)) Delegate(values.path);
    SetValues(values, static_cast<std::uint32_t>(online > 0 ? online : 1), console);
  }
  const Path procs{kRoot, "/init/cgroup.procs"};
  const int error = WriteFile(procs.c_str(), "1");
  if (error != 0) console.Error({"enter cgroup init: ", ErrorText(error)});
}

early::Fd OpenCgroup(std::string_view path) {
  const Path whole{kRoot, "/", path};
  // Only below a mounted cgroup tree: elsewhere the directories would be made, and be of no use.
  if (::access("/sys/fs/cgroup/cgroup.procs", F_OK) != 0) return early::Fd();
  const int error = early::MakeDirectories(whole.c_str(), 0755);
  if (error != 0) {
    errno = error;
    return early::Fd();
  }
  return early::Fd(::open(whole.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int SignalCgroup(std::string_view path, int signal) {
  if (signal == SIGKILL) {
    const Path file{kRoot, "/", path, "/cgroup.kill"};
    return WriteFile(file.c_str(), "1");
  }
  static std::array<char, 16 * 1024> buffer;
  const Path file{kRoot, "/", path, "/cgroup.procs"};
  const auto text = early::ReadFile(file.c_str(), buffer);
  if (!text.has_value()) return errno;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto pid = early::ToNumber(early::TakeUntil(rest, '\n'));
    if (pid.has_value() && *pid > 1) ::kill(static_cast<pid_t>(*pid), signal);
  }
  return 0;
}

}  // namespace ichor::init
