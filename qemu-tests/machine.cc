#include "qemu-tests/machine.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/tcp_socket.h"
#include "qemu-tests/injector_archive.h"
#include "qemu-tests/monitor.h"
#include "qemu-tests/qemu_command.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {
namespace {

constexpr std::size_t kTailBytes = 4000;
constexpr int kLookAgainMs = 1000;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What the stage "boot" found to work for guests of this machine's architecture; emulation
// otherwise.
std::string Accelerator(Arch arch) {
#if defined(__x86_64__)
  constexpr Arch kOwn = Arch::kAmd64;
#else
  constexpr Arch kOwn = Arch::kArm64;
#endif
  const char* chosen = arch == kOwn ? std::getenv("ICHOR_ACCELERATOR") : nullptr;
  return chosen != nullptr ? chosen : "tcg,thread=multi,tb-size=1024";
}

// Blocks until the log changes, the child ends, or a second is over: the log may have changed
// before it was watched.
void WaitForChange(const std::string& log, int child) {
  const base::UniqueFd watch(inotify_init1(IN_CLOEXEC));
  inotify_add_watch(watch.get(), log.c_str(), IN_MODIFY);
  std::array<pollfd, 2> events{{{.fd = watch.get(), .events = POLLIN, .revents = 0},
                                {.fd = child, .events = POLLIN, .revents = 0}}};
  poll(events.data(), events.size(), kLookAgainMs);
}

// The GUID of the first partition of a disk, as text: UEFI specification, chapter 5.
absl::StatusOr<std::string> FirstPartitionGuid(const std::string& disk) {
  constexpr int kEntries = 1024;  // where the table begins
  constexpr int kGuid = 16;       // in an entry
  std::array<unsigned char, 16> b{};
  std::ifstream file(disk, std::ios::binary);
  file.seekg(kEntries + kGuid);
  file.read(reinterpret_cast<char*>(b.data()), b.size());
  if (!file) {
    return absl::NotFoundError(absl::StrCat(disk, " has no partition table"));
  }
  return absl::StrFormat("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                         b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11],
                         b[12], b[13], b[14], b[15]);
}

// One that nobody listens on. Somebody else may take it before QEMU does: then QEMU ends at once.
absl::StatusOr<std::uint16_t> FreePort() {
  ASSIGN_OR_RETURN(const base::UniqueFd socket, sys::ListenTcp("127.0.0.1:0"));
  return sys::PortOf(socket.get());
}

// How often `part` occurs in `text`.
int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

bool HasEnded(int pidfd) {
  pollfd event{.fd = pidfd, .events = POLLIN, .revents = 0};
  return poll(&event, 1, 0) == 1;
}

}  // namespace

absl::StatusOr<Machine> Machine::Create(const MachineSpec& spec, const std::string& name) {
  MachineFiles files{.image = absl::StrCat("/ichor/build/image/", NameOf(spec.arch)),
                     .directory = absl::StrCat(TestDirectory(), "/", name)};
  std::error_code error;
  std::filesystem::create_directories(files.directory, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(), files.directory);
  }
  if (spec.has_injector) {
    MachineSpec without = spec;
    without.has_injector = false;
    RETURN_IF_ERROR(
        WriteInitramfsWithInjector(InitramfsPath(without, files), InitramfsPath(spec, files)));
  }
  Machine machine(spec, std::move(files));
  RETURN_IF_ERROR(machine.MakeDisks());
  return machine;
}

absl::Status Machine::MakeDisks() const {
  const std::string log = files_.directory + "/tools.log";
  for (std::size_t i = 0; i < spec_.disks.size(); ++i) {
    if (!spec_.disks[i].file.empty()) {
      continue;
    }
    std::vector<std::string> words = {"qemu-img", "create", "-q", "-f", "qcow2"};
    if (spec_.disks[i].holds_image) {
      words.insert(words.end(), {"-F", "raw", "-b", files_.image + "/disk.raw"});
    }
    words.push_back(DiskFile(static_cast<int>(i)));
    words.push_back(absl::StrCat(spec_.disks[i].size_bytes));
    RETURN_IF_ERROR(RunTool(words, log));
  }
  if (spec_.firmware != Firmware::kUefi) {
    return absl::OkStatus();
  }
  return RunTool({"cp", UefiVariables(spec_.arch), files_.directory + "/uefi-variables.fd"}, log);
}

absl::Status Machine::Start() {
  PowerCut();
  ASSIGN_OR_RETURN(std::string command_line, CommandLine());
  ASSIGN_OR_RETURN(const std::uint16_t port, FreePort());
  if (spec_.serves_kubernetes) {
    ASSIGN_OR_RETURN(kubernetes_port_, FreePort());
  }
  if (!spec_.served.empty()) {
    ASSIGN_OR_RETURN(served_port_, FreePort());
  }
  const LaunchOptions options{.accelerator = Accelerator(spec_.arch),
                              .command_line = std::move(command_line),
                              .api_port = port,
                              .kubernetes_port = kubernetes_port_,
                              .served_port = served_port_,
                              .injector = absl::StrCat("/tmp/ichor-injector-", port),
                              .monitor = absl::StrCat("/tmp/ichor-monitor-", port)};
  ASSIGN_OR_RETURN(qemu_, ChildProcess::Start(QemuCommand(spec_, files_, options),
                                              files_.directory + "/qemu.log"));
  ASSIGN_OR_RETURN(api_, NodeApi::Create(port, qemu_->descriptor()));
  for (std::size_t i = 0; i < spec_.nics.size(); ++i) {
    if (!spec_.nics[i].has_carrier) {
      RETURN_IF_ERROR(UnplugNic(options.monitor, qemu_->descriptor(), absl::StrCat("nic", i)));
    }
  }
  noted_ = std::make_unique<NotedNode>(*api_, files_.directory);
  early_hang_ = std::make_unique<EarlyHang>(files_.directory + "/console.log", options.monitor,
                                            qemu_->descriptor());
  if (spec_.has_injector) {
    ASSIGN_OR_RETURN(Injector injector, Injector::Connect(options.injector, qemu_->descriptor()));
    injector_ = std::make_unique<Injector>(std::move(injector));
  }
  return absl::OkStatus();
}

// The kernel's, for machines that QEMU gives it to.
absl::StatusOr<std::string> Machine::CommandLine() const {
  std::string words = ReadAll(files_.image + "/cmdline");
  words.erase(words.find_last_not_of('\n') + 1);
  if (spec_.firmware == Firmware::kDirectDisk) {
    ASSIGN_OR_RETURN(const std::string guid, FirstPartitionGuid(files_.image + "/disk.raw"));
    absl::StrAppend(&words, " ichor.slot=A ichor.disk=", guid);
  }
  absl::StrAppend(&words, spec_.has_injector ? " rdinit=/injector" : "",
                  spec_.arguments.empty() ? "" : " ", spec_.arguments);
  return words;
}

absl::Status Machine::WaitForConsole(const std::string& what, const std::function<bool()>& holds) {
  if (!qemu_.has_value()) {
    return absl::FailedPreconditionError("the machine is off");
  }
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + patience_;
  while (true) {
    const bool ended = HasEnded(qemu_->descriptor());  // first, so that its last words are read
    if (holds()) {
      return absl::OkStatus();
    }
    if (ended) {
      return absl::UnavailableError(absl::StrCat("the machine ended before ", what, ":\n", Tail()));
    }
    if (clock.Monotonic() > until) {
      return absl::DeadlineExceededError(absl::StrCat("wait for ", what, ":\n", Tail()));
    }
    WaitForChange(files_.directory + "/console.log", qemu_->descriptor());
  }
}

absl::Status Machine::WaitForLine(const std::string& text, int times) {
  return WaitForConsole(absl::StrCat("the line \"", text, "\""),
                        [&] { return Count(Console(), text) >= times; });
}

absl::Status Machine::WaitForOutput(std::size_t bytes) {
  return WaitForConsole(absl::StrCat(bytes, " bytes of output"),
                        [&] { return Console().size() >= bytes; });
}

void Machine::PowerCut() {
  early_hang_.reset();
  noted_.reset();
  api_.reset();
  injector_.reset();
  qemu_.reset();
}

std::string Machine::DiskFile(int index) const {
  return absl::StrCat(files_.directory, "/disk", index, ".qcow2");
}

absl::Status Machine::WriteToDisk(int index, std::uint64_t offset, const std::string& bytes) {
  const std::string source = files_.directory + "/bytes";
  std::ofstream(source, std::ios::binary) << bytes;
  // The same in a copy of the image, which the disk is compared with.
  const std::string expected = absl::StrCat(files_.directory, "/expected", index, ".qcow2");
  const std::string log = files_.directory + "/tools.log";
  if (!std::filesystem::exists(expected)) {
    RETURN_IF_ERROR(RunTool({"qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b",
                             files_.image + "/disk.raw", expected},
                            log));
  }
  for (const std::string& disk : {expected, DiskFile(index)}) {
    RETURN_IF_ERROR(
        RunTool({"qemu-io", "-f", "qcow2", "-c",
                 absl::StrCat("write -s ", source, " ", offset, " ", bytes.size()), disk},
                log));
  }
  return absl::OkStatus();
}

absl::Status Machine::DiskIsUntouched(int index) const {
  const std::string expected = absl::StrCat(files_.directory, "/expected", index, ".qcow2");
  const bool written = std::filesystem::exists(expected);
  return RunTool({"qemu-img", "compare", "-f", "qcow2", "-F", written ? "qcow2" : "raw",
                  DiskFile(index), written ? expected : files_.image + "/disk.raw"},
                 files_.directory + "/tools.log");
}

std::string Machine::Console() const {
  return ReadAll(files_.directory + "/console.log");
}

std::string Machine::Tail() const {
  std::string said = Console();
  if (said.size() > kTailBytes) {
    said.erase(0, said.size() - kTailBytes);
  }
  return absl::StrCat(said, ReadAll(files_.directory + "/qemu.log"));
}

}  // namespace ichor::qemu
