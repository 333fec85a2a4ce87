#include "machined/api/parse/process.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "machined/api/parse/system_stat.h"
#include "machined/api/parse/text.h"

namespace ichor::api::parse {
namespace {

// Columns after the command, which is in parentheses and may hold anything.
constexpr size_t kState = 0;
constexpr size_t kParent = 1;
constexpr size_t kUserTime = 11;
constexpr size_t kSystemTime = 12;
constexpr size_t kThreads = 17;
constexpr size_t kVirtualBytes = 20;

// The arguments end in a zero byte each.
std::string Arguments(std::string_view cmdline) {
  while (cmdline.ends_with('\0')) {
    cmdline.remove_suffix(1);
  }
  std::string arguments(cmdline);
  for (char& c : arguments) {
    c = c == '\0' ? ' ' : c;
  }
  return arguments;
}

// What of it is in memory; `status` says KiB, `stat` pages of a size that differs between machines.
std::uint64_t ResidentBytes(std::string_view status) {
  for (const std::string_view line : Lines(status)) {
    const std::optional<Pair> pair = Split(line, ':');
    if (pair.has_value() && pair->key == "VmRSS") {
      const std::vector<std::string_view> amount = Fields(pair->value);
      return amount.empty() ? 0 : NumberOrZero(amount[0]) * 1024;
    }
  }
  return 0;
}

std::string WithoutEnd(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\0')) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

// Strings of the API are UTF-8, what processes call themselves is bytes.
std::string Printable(std::string text) {
  for (char& c : text) {
    c = static_cast<unsigned char>(c) >= 0x80 ? '?' : c;
  }
  return text;
}

}  // namespace

absl::StatusOr<machine::ProcessInfo> ProcessOf(const ProcessFiles& files) {
  const std::string_view stat = files.stat;
  const size_t open = stat.find('(');
  const size_t close = stat.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return absl::InvalidArgumentError("/proc/[pid]/stat: no command");
  }
  const std::optional<std::uint64_t> pid = Number(Trim(stat.substr(0, open)));
  const std::vector<std::string_view> rest =
      Fields(stat.substr(close + 1, stat.find('\n', close) - close - 1));
  if (!pid.has_value() || rest.size() <= kVirtualBytes) {
    return absl::InvalidArgumentError("/proc/[pid]/stat: too short");
  }
  const auto number = [&](size_t column) { return NumberOrZero(rest[column]); };
  machine::ProcessInfo process;
  process.set_pid(static_cast<std::int32_t>(*pid));
  process.set_ppid(static_cast<std::int32_t>(number(kParent)));
  process.set_state(Printable(std::string(rest[kState])));
  process.set_threads(static_cast<std::int32_t>(number(kThreads)));
  process.set_cpu_time(
      (static_cast<double>(number(kUserTime)) + static_cast<double>(number(kSystemTime))) /
      kTicksPerSecond);
  process.set_virtual_memory(number(kVirtualBytes));
  process.set_resident_memory(ResidentBytes(files.status));
  process.set_command(Printable(std::string(stat.substr(open + 1, close - open - 1))));
  process.set_executable(Printable(files.executable));
  process.set_args(Printable(Arguments(files.cmdline)));
  process.set_label(Printable(WithoutEnd(files.label)));
  return process;
}

}  // namespace ichor::api::parse
