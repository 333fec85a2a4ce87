// What machined and init say to each other: fixed-layout messages, one a packet of a SOCK_SEQPACKET
// pair of which machined holds its end as descriptor 3.
//
// Numbers are in the host's byte order: both ends are of one build. Names and paths are padded with
// zeros and end in at least one. Nothing here allocates, and nothing needs more than libc.
//
// init sends nothing before machined's first request. machined begins with Alive, then List, then
// Crashes.
//
// An event is kept by init until the socket takes it: a slow reader loses log bytes (LogLost says
// how many), and nothing else. For one process the order is Started or Refused, Log, Exited.
//
// If machined dies, its successor finds by List what runs, and what ended (state kExited), for
// which it gets no Exited. An ended process is listed until its id is used again, or its place is
// needed. The last 16 KiB of each log come again: over a restart a line may come twice, but what
// fits is not lost.
//
// A malformed request is answered with Refused (stage kRequest) and otherwise ignored.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ichor::init {

inline constexpr int kMachinedFd = 3;                  // machined's end of the pair
inline constexpr std::uint32_t kProtocolVersion = 2;   // Alive says it
inline constexpr std::size_t kMaxMessage = 32 * 1024;  // bytes of any message
inline constexpr std::size_t kMaxLogBytes = 4096;      // log bytes in one Log
inline constexpr std::size_t kMaxCrashLog = 2048;      // log bytes in one Crash
inline constexpr std::size_t kMaxStrings = 256;  // arguments and variables of a process together
inline constexpr std::size_t kMaxProcesses =
    32;  // running or ended and not yet forgotten, machined included
inline constexpr std::size_t kMaxCrashes = 16;  // crash records kept, the newest ones
inline constexpr std::uint64_t kAllCapabilities = ~0ULL;
inline constexpr std::string_view kMachinedId =
    "machined";  // reserved: machined is a process in lists and crashes

enum class Type : std::uint8_t {
  // Requests.
  kAlive = 1,
  kStart = 2,
  kSignal = 3,
  kList = 4,
  kCrashes = 5,
  kReboot = 6,
  kWatchdog = 7,
  kCommitted = 8,
  kPowerTaken = 9,
  // Events.
  kStarted = 64,
  kRefused = 65,
  kExited = 66,
  kProcess = 67,
  kListEnd = 68,
  kLog = 69,
  kLogLost = 70,
  kCrash = 71,
  kCrashEnd = 72,
  kPower = 73,
  kWatchdogState = 74,
};

// Name of a process, such as "apid"; letters, digits, '-', '_', '.'. One at a time runs under an
// id.
using Id = std::array<char, 48>;

// Nanoseconds of CLOCK_REALTIME and CLOCK_BOOTTIME at one moment. The first may be wrong before
// time is synchronized.
struct Time {
  std::int64_t realtime_ns = 0;
  std::int64_t boottime_ns = 0;
};

struct Header {
  Type type{};
  std::array<std::uint8_t, 3> reserved{};
  std::uint32_t size = 0;  // of the whole message, this header included
};

// Messages without a body: Alive carries the version in `value`, List, Crashes and PowerTaken
// nothing.
struct Plain {
  Header header;
  std::uint32_t value = 0;
  std::uint32_t reserved = 0;
};

enum StartFlags : std::uint8_t {
  kNoNewPrivileges = 1U << 0U,  // PR_SET_NO_NEW_PRIVS
  kOwnMountNamespace =
      1U << 1U,            // a copy of init's mounts, in which mounts come in and do not go out
  kStdioOnTty = 1U << 2U,  // `tty` is descriptors 0, 1 and 2 and the controlling terminal; no log
};
inline constexpr std::uint32_t kAllStartFlags = kNoNewPrivileges | kOwnMountNamespace | kStdioOnTty;

// Starts a process, in a session of its own, with descriptor 0 from /dev/null and 1 and 2 to its
// log pipe; answered by Started or Refused. No other descriptor is inherited; the working directory
// is "/"; signals have their defaults.
struct Start {
  Header header;
  Id id{};
  std::array<char, 128>
      cgroup{};  // below the cgroup root, such as "system/apid"; made if missing; "" is the root
  std::array<char, 64> tty{};  // with kStdioOnTty, such as "/dev/tty2"
  // Bit n is capability n: the bounding and permitted set, and, for a uid that is not 0, ambient.
  std::uint64_t capabilities = 0;
  std::uint64_t nofile = 0;  // soft and hard RLIMIT_NOFILE; 0 is init's own, 1,048,576
  std::uint64_t fingerprint =
      0;  // machined's own, of what it asks for; told again with the process
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;           // no supplementary groups
  std::int32_t oom_score_adj = 0;  // -1000 to 1000
  std::int32_t nice = 0;           // -20 to 19
  std::uint32_t flags = 0;         // StartFlags
  std::uint32_t argc = 0;          // at least 1
  std::uint32_t envc = 0;
  std::uint32_t path_size = 0;  // bytes of the program's path, without its zero
  // Follow: the program's absolute path, `argc` arguments and `envc` variables, each ending in a
  // zero byte.
};

enum class SignalTarget : std::uint8_t {
  kMainProcess = 0,
  kWholeCgroup = 1,  // SIGKILL by cgroup.kill, others to each process in the process's cgroup,
                     // which must not be shared
};

// Answered only by Refused (stage kSignal, ESRCH) if no such process runs.
struct Signal {
  Header header;
  Id id{};
  std::uint32_t signal = 0;
  SignalTarget target = SignalTarget::kMainProcess;
  std::array<std::uint8_t, 3> reserved{};
};

enum class RebootAction : std::uint8_t { kRestart = 0, kPowerOff = 1, kHalt = 2 };

// Ends everything: SIGTERM to what still runs, SIGKILL after `grace_ms`, sync, unmount, reboot(2),
// never kexec. The services are machined's to stop before. Not answered; once accepted it cannot be
// taken back.
struct Reboot {
  Header header;
  RebootAction action = RebootAction::kRestart;
  std::array<std::uint8_t, 3> reserved{};
  std::uint32_t grace_ms = 0;  // 0: SIGKILL at once; at most 60,000
};

// Settings of the watchdog; answered by WatchdogState. `enable` = 0 goes back to what stage 1 set:
// if it found a watchdog, that is never let go.
struct Watchdog {
  Header header;
  std::array<char, 64> device{};  // such as "/dev/watchdog0"; "" is the one of stage 1
  std::uint32_t enable = 0;
  std::uint32_t timeout_s = 0;
  std::uint32_t feed_interval_s = 0;  // below `timeout_s`
  std::uint32_t reserved = 0;
};

// Whether the slot that runs is committed. Before the first one init goes by
// /system/run/boot/tries.
struct Committed {
  Header header;
  std::uint32_t committed = 0;
  std::uint32_t reserved = 0;
};

// The process runs its program.
struct Started {
  Header header;
  Id id{};
  std::int32_t pid = 0;
  std::uint32_t reserved = 0;
  Time time;
  std::uint64_t fingerprint = 0;  // as in its Start
};

// Where a request failed.
enum class Stage : std::uint8_t {
  kRequest = 0,  // EINVAL: malformed; EEXIST: the id runs, or its end is untold; ENOSPC: too many
                 // processes; ESHUTDOWN: the node goes down
  kSignal = 1,
  kPipe = 2,
  kCgroup = 3,
  kClone = 4,
  kNamespace = 5,
  kStdio = 6,
  kLimits = 7,
  kIdentity = 8,
  kCapabilities = 9,
  kExec = 10,
};

struct Refused {
  Header header;
  Id id{};
  Stage stage{};
  std::array<std::uint8_t, 3> reserved{};
  std::int32_t error = 0;  // errno
};

struct Exited {
  Header header;
  Id id{};
  std::int32_t pid = 0;
  std::int32_t wait_status = 0;  // as of waitpid(2)
  Time time;
};

enum class ProcessState : std::uint8_t { kStarting = 0, kRunning = 1, kExited = 2 };

// One process of a List.
struct Process {
  Header header;
  Id id{};
  std::int32_t pid = 0;
  std::int32_t wait_status = 0;  // if ended
  ProcessState state = ProcessState::kStarting;
  std::array<std::uint8_t, 7> reserved{};
  Time started;
  Time ended;                     // if ended
  std::uint64_t fingerprint = 0;  // as in its Start; 0 for machined
};

// Bytes of a process's log, as it wrote them: lines may be cut between messages.
struct Log {
  Header header;
  Id id{};
  // Follow: 1 to kMaxLogBytes bytes.
};

// So many bytes between the last Log and the next are gone.
struct LogLost {
  Header header;
  Id id{};
  std::uint64_t bytes = 0;
};

// A process that ended by a signal that was not asked for, or, for machined, that ended at all.
struct Crash {
  Header header;
  Id id{};
  std::int32_t pid = 0;
  std::int32_t wait_status = 0;
  std::uint64_t number = 0;  // counts up from 1 since the boot
  Time time;
  // Follow: up to kMaxCrashLog bytes, the last of its log.
};

enum class PowerCause : std::uint8_t {
  kCtrlAltDel = 1,   // restart is asked for
  kPowerButton = 2,  // power-off is asked for
  kTerminate = 3,    // SIGTERM to init: restart is asked for
};

// Somebody at the machine asks. machined answers PowerTaken within kPowerAnswerSeconds and sends
// Reboot in the end; else init does it without machined. Asked again, the same is sent again.
struct Power {
  Header header;
  PowerCause cause{};
  std::array<std::uint8_t, 7> reserved{};
};
inline constexpr unsigned kPowerAnswerSeconds = 5;
inline constexpr unsigned kPowerSeconds = 600;  // from PowerTaken to Reboot, at most

struct WatchdogState {
  Header header;
  std::array<char, 64> device{};  // "" if there is none
  std::uint32_t armed = 0;
  std::uint32_t timeout_s = 0;
  std::uint32_t feed_interval_s = 0;
  std::int32_t error = 0;  // errno of the last Watchdog request; 0 if it was done
};

static_assert(sizeof(Header) == 8 && sizeof(Plain) == 16 && sizeof(Time) == 16);
static_assert(sizeof(Start) == 304 && sizeof(Signal) == 64 && sizeof(Reboot) == 16);
static_assert(sizeof(Watchdog) == 88 && sizeof(Committed) == 16);
static_assert(sizeof(Started) == 88 && sizeof(Refused) == 64 && sizeof(Exited) == 80 &&
              sizeof(Process) == 112);
static_assert(sizeof(Log) == 56 && sizeof(LogLost) == 64 && sizeof(Crash) == 88);
static_assert(sizeof(Power) == 16 && sizeof(WatchdogState) == 88);

// The text of a padded field. Ends at the first zero byte, or at the field's end.
std::string_view Text(std::span<const char> field);

// Writes `text` into a padded field. False, and the field is empty, if it does not fit with a zero
// or contains one.
bool SetText(std::span<char> field, std::string_view text);

// Whether `id` is the name of a process as said at Id.
bool IsId(std::string_view id);

// A message's type if its size is the header's and is possible for the type; empty for anything
// else.
std::optional<Type> TypeOf(std::span<const std::byte> message);

// The bytes behind the fixed part of a Log or a Crash; empty for other types. `message` has passed
// TypeOf().
std::span<const std::byte> Tail(std::span<const std::byte> message);

// The fixed part of a message that has passed TypeOf() and is of T's type.
template <typename T>
T Fixed(std::span<const std::byte> message) {
  T out;
  __builtin_memcpy(&out, message.data(), sizeof(T));
  return out;
}

// A T with its header filled in.
template <typename T>
T Make(Type type) {
  T out{};
  out.header = {.type = type, .size = sizeof(T)};
  return out;
}

// A Start taken apart. `path`, argv and env point into the message and end in a null pointer, as
// execve(2) wants them; `id`, `cgroup` and `tty` point into `fixed`.
struct StartView {
  StartView() = default;
  StartView(const StartView&) = delete;
  StartView& operator=(const StartView&) = delete;

  Start fixed;
  std::string_view id;
  std::string_view cgroup;
  const char* tty = nullptr;
  const char* path = nullptr;
  std::array<const char*, kMaxStrings + 1> argv{};
  std::array<const char*, kMaxStrings + 1> env{};
};

// Takes a Start apart into `out` and checks all of it: id, relative cgroup path without "..",
// absolute paths, numbers in their ranges, known flags, strings that end with the message. False if
// anything is wrong; `out` is then undefined but for the id, which is empty if that is what is
// wrong. `message` must outlive `out`.
bool ParseStart(std::span<const std::byte> message, StartView& out);

}  // namespace ichor::init
