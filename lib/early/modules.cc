#include "lib/early/modules.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lib/early/fd.h"
#include "lib/early/file.h"
#include "lib/early/module_index.h"

namespace ichor::early {
namespace {

// A file as long as the program runs; empty if there is none.
std::string_view Map(const Text<128>& directory, std::string_view name) {
  const Text<256> path{directory.view(), "/", name};
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (!fd.ok() || ::fstat(fd.get(), &info) != 0 || info.st_size == 0) return {};
  const auto size = static_cast<std::size_t>(info.st_size);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (memory == MAP_FAILED) return {};
  return {static_cast<const char*>(memory), size};
}

// To load it again would be refused, but only after the kernel has read and verified it.
bool IsLoaded(std::string_view name) {
  Text<128> path{"/sys/module/"};
  for (const char c : name)
    path.Push(c == '-' ? '_' : c);
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

void Modules::Open() {
  utsname system = {};
  ::uname(&system);
  directory_.Append({"/lib/modules/", system.release});
  dep_ = Map(directory_, "modules.dep");
  alias_ = Map(directory_, "modules.alias");
  softdep_ = Map(directory_, "modules.softdep");
}

void Modules::LoadDeep(std::string_view name, int depth) const {
  std::string_view line = FindDependencies(dep_, name);
  if (line.empty()) return;
  const std::string_view own = TakeUntil(line, ':');
  // From the last to the first.
  while (!(line = Trim(line)).empty()) {
    const std::size_t space = line.rfind(' ');
    const std::size_t begin = space == std::string_view::npos ? 0 : space + 1;
    LoadFile(Part(line, begin), depth);
    line = Part(line, 0, begin);
  }
  LoadFile(own, depth);
}

void Modules::LoadFile(std::string_view path, int depth) const {
  if (IsLoaded(ModuleName(path))) return;
  constexpr int kDeepest = 4;  // an index may have circles
  std::string_view before =
      depth < kDeepest ? FindSoftDependencies(softdep_, ModuleName(path)) : std::string_view{};
  while (!before.empty()) {
    const std::string_view name = TakeUntil(before, ' ');
    LoadDeep(name, depth + 1);
    LoadAlias(name, depth + 1);
  }
  const Text<384> file{directory_.view(), "/", path};
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  const auto options = OptionsFor(command_line_, ModuleName(path));
  if (fd.ok() && ::syscall(SYS_finit_module, fd.get(), options.c_str(), 0) == 0) return;
  // A driver may find that its device is not there.
  if (errno == EEXIST || errno == ENODEV) return;
  console_.Warning({"load ", path, ": ", ErrorText(errno)});
}

void Modules::LoadAlias(std::string_view modalias, int depth) const {
  std::string_view rest = alias_;
  for (auto name = NextDriver(rest, modalias); !name.empty(); name = NextDriver(rest, modalias)) {
    const bool wanted =
        only_below_.empty() || FindDependencies(dep_, name).starts_with(only_below_);
    if (wanted && !IsDenied(command_line_, name)) LoadDeep(name, depth);
  }
}

void Modules::LoadForWatchdogs() {
  only_below_ = "kernel/drivers/watchdog/";
  LoadForAllDevices();
  only_below_ = {};
}

void Modules::LoadForAllDevices() const {
  Walk("/sys/devices", 0);
}

void Modules::Walk(const char* directory, int depth) const {
  constexpr int kDeepest = 24;
  std::array<char, 4096> buffer{};
  const Text<1024> file{directory, "/modalias"};
  if (const auto modalias = ReadLine(file.c_str(), buffer); modalias.has_value())
    LoadFor(*modalias);
  DIR* entries = depth < kDeepest ? ::opendir(directory) : nullptr;
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) {
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
    const Text<1024> below{directory, "/", entry->d_name};
    if (below.fits()) Walk(below.c_str(), depth + 1);
  }
  ::closedir(entries);
}

}  // namespace ichor::early
