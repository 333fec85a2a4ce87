#include "machined/init/protocol.h"

#include <algorithm>
#include <cstring>

namespace ichor::init {
namespace {

// The least and the greatest size of a message of a type; {1, 0} for a type that does not exist.
struct Sizes {
  std::size_t least;
  std::size_t most;
};

template <typename T>
constexpr Sizes Exactly() {
  return {sizeof(T), sizeof(T)};
}

Sizes SizesOf(Type type) {
  switch (type) {
    case Type::kAlive:
    case Type::kList:
    case Type::kCrashes:
    case Type::kPowerTaken:
    case Type::kListEnd:
    case Type::kCrashEnd:
      return Exactly<Plain>();
    case Type::kStart:
      return {sizeof(Start), kMaxMessage};
    case Type::kSignal:
      return Exactly<Signal>();
    case Type::kReboot:
      return Exactly<Reboot>();
    case Type::kWatchdog:
      return Exactly<Watchdog>();
    case Type::kCommitted:
      return Exactly<Committed>();
    case Type::kStarted:
      return Exactly<Started>();
    case Type::kRefused:
      return Exactly<Refused>();
    case Type::kExited:
      return Exactly<Exited>();
    case Type::kProcess:
      return Exactly<Process>();
    case Type::kLog:
      return {sizeof(Log) + 1, sizeof(Log) + kMaxLogBytes};
    case Type::kLogLost:
      return Exactly<LogLost>();
    case Type::kCrash:
      return {sizeof(Crash), sizeof(Crash) + kMaxCrashLog};
    case Type::kPower:
      return Exactly<Power>();
    case Type::kWatchdogState:
      return Exactly<WatchdogState>();
  }
  return {1, 0};
}

bool EndsInZero(std::span<const char> field) {
  return field.back() == '\0';
}

// A path below the cgroup root: no leading or doubled slash, no component that leads up.
bool IsCgroupPath(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
    if (path.empty()) return false;
  }
  return true;
}

bool NumbersInRange(const Start& start) {
  const std::uint64_t strings = std::uint64_t{start.argc} + start.envc;
  return start.argc >= 1 && strings <= kMaxStrings && start.oom_score_adj >= -1000 &&
         start.oom_score_adj <= 1000 && start.nice >= -20 && start.nice <= 19 &&
         (start.flags & ~kAllStartFlags) == 0 && start.uid != UINT32_MAX && start.gid != UINT32_MAX;
}

// Takes the next zero-terminated string off the front of `text`; null if none ends there.
const char* NextString(std::string_view& text) {
  const std::size_t zero = text.find('\0');
  if (zero == std::string_view::npos) return nullptr;
  const char* string = text.data();
  text.remove_prefix(zero + 1);
  return string;
}

bool TakeStrings(std::string_view& text, std::uint32_t count,
                 std::array<const char*, kMaxStrings + 1>& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    out[i] = NextString(text);
    if (out[i] == nullptr) return false;
  }
  out[count] = nullptr;
  return true;
}

}  // namespace

std::string_view Text(std::span<const char> field) {
  return {field.data(), ::strnlen(field.data(), field.size())};
}

bool SetText(std::span<char> field, std::string_view text) {
  std::ranges::fill(field, '\0');
  if (text.size() >= field.size() || text.find('\0') != std::string_view::npos) return false;
  std::ranges::copy(text, field.begin());
  return true;
}

bool IsId(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !id.empty() && id.size() < sizeof(Id) && std::ranges::all_of(id, allowed);
}

std::optional<Type> TypeOf(std::span<const std::byte> message) {
  if (message.size() < sizeof(Header)) return std::nullopt;
  const auto header = Fixed<Header>(message);
  const Sizes sizes = SizesOf(header.type);
  if (header.size != message.size() || message.size() < sizes.least ||
      message.size() > sizes.most) {
    return std::nullopt;
  }
  return header.type;
}

std::span<const std::byte> Tail(std::span<const std::byte> message) {
  switch (Fixed<Header>(message).type) {
    case Type::kLog:
      return message.subspan(sizeof(Log));
    case Type::kCrash:
      return message.subspan(sizeof(Crash));
    default:
      return {};
  }
}

bool ParseStart(std::span<const std::byte> message, StartView& out) {
  out.id = {};
  if (TypeOf(message) != Type::kStart) return false;
  out.fixed = Fixed<Start>(message);
  if (!EndsInZero(out.fixed.id) || !IsId(Text(out.fixed.id))) return false;
  out.id = Text(out.fixed.id);
  if (!EndsInZero(out.fixed.cgroup) || !EndsInZero(out.fixed.tty) || !NumbersInRange(out.fixed))
    return false;
  out.cgroup = Text(out.fixed.cgroup);
  out.tty = out.fixed.tty.data();
  const bool on_tty = (out.fixed.flags & kStdioOnTty) != 0;
  if (!IsCgroupPath(out.cgroup) || (on_tty && out.tty[0] != '/')) return false;

  const auto tail = message.subspan(sizeof(Start));
  std::string_view text(reinterpret_cast<const char*>(tail.data()), tail.size());
  if (!TakeStrings(text, 1, out.argv)) return false;
  out.path = out.argv[0];
  if (out.path[0] != '/' || std::string_view(out.path).size() != out.fixed.path_size) return false;
  return TakeStrings(text, out.fixed.argc, out.argv) &&
         TakeStrings(text, out.fixed.envc, out.env) && text.empty();
}

}  // namespace ichor::init
