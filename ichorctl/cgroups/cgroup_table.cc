#include "ichorctl/cgroups/cgroup_table.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <format>
#include <optional>
#include <utility>

#include "absl/strings/str_split.h"
#include "ichorctl/look/format.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view kProcesses = "cgroup.procs";
constexpr std::string_view kUnknown = "-";

enum class Form : std::uint8_t {
  kText,          // the file's first line
  kBytes,         // a number of bytes, or "max"
  kMicroseconds,  // the value of `key` in "KEY VALUE" lines
  kCount,         // the same
  kPressure,      // of line `key`, what avg10, avg60, avg300 say
  kDiskBytes,     // for each disk the value of `key` in "8:0 KEY=VALUE …" lines
  kDiskCount,     // the same
};

struct Column {
  std::string_view name;
  std::string_view file;
  Form form = Form::kText;
  std::string_view key{};
};

struct Preset {
  std::string_view name;
  std::vector<Column> columns;
};

const std::vector<Preset>& Presets() {
  static const auto* const kPresets = new std::vector<Preset>{
      {.name = "cpu",
       .columns = {{"CPUWEIGHT", "cpu.weight"},
                   {"CPUNICE", "cpu.weight.nice"},
                   {"CPUMAX", "cpu.max"},
                   {"CPUUSER", "cpu.stat", Form::kMicroseconds, "user_usec"},
                   {"CPUSYSTEM", "cpu.stat", Form::kMicroseconds, "system_usec"},
                   {"PERIODS", "cpu.stat", Form::kCount, "nr_periods"},
                   {"THROTTLED", "cpu.stat", Form::kCount, "nr_throttled"}}},
      {.name = "cpuset",
       .columns = {{"CPUSET", "cpuset.cpus"},
                   {"CPUSET(EFF)", "cpuset.cpus.effective"},
                   {"MEMS", "cpuset.mems"},
                   {"MEMS(EFF)", "cpuset.mems.effective"}}},
      {.name = "io",
       .columns = {{"READ", "io.stat", Form::kDiskBytes, "rbytes"},
                   {"WRITTEN", "io.stat", Form::kDiskBytes, "wbytes"},
                   {"READS", "io.stat", Form::kDiskCount, "rios"},
                   {"WRITES", "io.stat", Form::kDiskCount, "wios"}}},
      {.name = "memory",
       .columns = {{"MEMCURRENT", "memory.current", Form::kBytes},
                   {"MEMPEAK", "memory.peak", Form::kBytes},
                   {"MEMMIN", "memory.min", Form::kBytes},
                   {"MEMLOW", "memory.low", Form::kBytes},
                   {"MEMHIGH", "memory.high", Form::kBytes},
                   {"MEMMAX", "memory.max", Form::kBytes}}},
      {.name = "process",
       .columns = {{"PIDS", "pids.current"}, {"PEAK", "pids.peak"}, {"MAX", "pids.max"}}},
      {.name = "psi",
       .columns = {{"CPU(SOME)", "cpu.pressure", Form::kPressure, "some"},
                   {"CPU(FULL)", "cpu.pressure", Form::kPressure, "full"},
                   {"MEMORY(SOME)", "memory.pressure", Form::kPressure, "some"},
                   {"MEMORY(FULL)", "memory.pressure", Form::kPressure, "full"},
                   {"IO(SOME)", "io.pressure", Form::kPressure, "some"},
                   {"IO(FULL)", "io.pressure", Form::kPressure, "full"}}},
      {.name = "swap",
       .columns = {{"SWAPCURRENT", "memory.swap.current", Form::kBytes},
                   {"SWAPPEAK", "memory.swap.peak", Form::kBytes},
                   {"SWAPHIGH", "memory.swap.high", Form::kBytes},
                   {"SWAPMAX", "memory.swap.max", Form::kBytes}}},
  };
  return *kPresets;
}

std::optional<std::uint64_t> NumberOf(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

std::string BytesText(std::string_view text) {
  const std::optional<std::uint64_t> bytes = NumberOf(text);
  return bytes ? HumanizedBinary(*bytes) : Visible(text);
}

std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// The value behind `key` in words of the form "KEY=VALUE".
std::string ValueOf(const std::vector<std::string>& words, std::string_view key) {
  for (const std::string& word : words) {
    if (word.size() > key.size() && word.starts_with(key) && word[key.size()] == '=') {
      return word.substr(key.size() + 1);
    }
  }
  return std::string(kUnknown);
}

std::string KeyedText(const std::string& text, const Column& column) {
  for (const std::string& line : LinesOf(text)) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() != 2 || words[0] != column.key) {
      continue;
    }
    const std::optional<std::uint64_t> number = NumberOf(words[1]);
    return column.form == Form::kMicroseconds && number
               ? std::format("{:.2f}s", static_cast<double>(*number) / 1e6)
               : Visible(words[1]);
  }
  return std::string(kUnknown);
}

std::string PressureText(const std::string& text, std::string_view key) {
  for (const std::string& line : LinesOf(text)) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] == key) {
      return Visible(std::format("{} {} {}", ValueOf(words, "avg10"), ValueOf(words, "avg60"),
                                 ValueOf(words, "avg300")));
    }
  }
  return std::string(kUnknown);
}

std::string DisksText(const Cgroups& cgroups, const std::string& text, const Column& column) {
  std::string all;
  for (const std::string& line : LinesOf(text)) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    const std::string value = ValueOf(words, column.key);
    const auto name = cgroups.disks.find(words[0]);
    all += std::format("{}{}: {}", all.empty() ? "" : ", ",
                       Visible(name == cgroups.disks.end() ? words[0] : name->second),
                       column.form == Form::kDiskBytes ? BytesText(value) : Visible(value));
  }
  return all.empty() ? std::string(kUnknown) : all;
}

std::string CellOf(const Cgroups& cgroups, const CgroupFiles& files, const Column& column) {
  const auto file = files.find(column.file);
  if (file == files.end()) {
    return std::string(kUnknown);
  }
  const std::vector<std::string> lines = LinesOf(file->second);
  switch (column.form) {
    case Form::kText:
      return lines.empty() ? std::string(kUnknown) : Visible(lines.front());
    case Form::kBytes:
      return lines.empty() ? std::string(kUnknown) : BytesText(lines.front());
    case Form::kMicroseconds:
    case Form::kCount:
      return KeyedText(file->second, column);
    case Form::kPressure:
      return PressureText(file->second, column.key);
    case Form::kDiskBytes:
    case Form::kDiskCount:
      return DisksText(cgroups, file->second, column);
  }
  return std::string(kUnknown);
}

// How deep a group is, as an indentation.
std::string Indented(const std::string& path) {
  if (path.empty()) {
    return ".";
  }
  const auto depth = static_cast<size_t>(std::ranges::count(path, '/')) + 1;
  return std::string(2 * depth, ' ') + Visible(path.substr(path.rfind('/') + 1));
}

void AddProcesses(const Cgroups& cgroups, const std::string& path, const CgroupFiles& files,
                  size_t columns, Table& table) {
  const auto pids = files.find(kProcesses);
  if (pids == files.end()) {
    return;
  }
  const size_t depth = path.empty() ? 1 : static_cast<size_t>(std::ranges::count(path, '/')) + 2;
  for (const std::string& pid : LinesOf(pids->second)) {
    const auto name = cgroups.processes.find(pid);
    if (name != cgroups.processes.end()) {
      std::vector<std::string> row(columns + 1);
      row[0] = std::format("{}{} ({})", std::string(2 * depth, ' '), Visible(name->second),
                           Visible(pid));
      table.rows.push_back(std::move(row));
    }
  }
}

// Groups in the order of a tree: "a/b" stands right behind "a", before "a-c".
std::vector<std::string> InTreeOrder(const Cgroups& cgroups) {
  std::vector<std::string> paths;
  paths.reserve(cgroups.groups.size());
  for (const auto& [path, files] : cgroups.groups) {
    paths.push_back(path);
  }
  std::ranges::sort(paths, [](const std::string& left, const std::string& right) {
    const std::vector<std::string> left_parts = absl::StrSplit(left, '/');
    const std::vector<std::string> right_parts = absl::StrSplit(right, '/');
    return left.empty() || right.empty() ? left.size() < right.size() : left_parts < right_parts;
  });
  return paths;
}

}  // namespace

std::vector<std::string> CgroupPresets() {
  std::vector<std::string> names;
  names.reserve(Presets().size());
  for (const Preset& preset : Presets()) {
    names.emplace_back(preset.name);
  }
  return names;
}

bool IsCgroupFile(std::string_view name) {
  return name == kProcesses || std::ranges::any_of(Presets(), [name](const Preset& preset) {
           return std::ranges::contains(preset.columns, name, &Column::file);
         });
}

absl::StatusOr<Table> CgroupTable(const Cgroups& cgroups, std::string_view preset) {
  const auto found = std::ranges::find(Presets(), preset, &Preset::name);
  if (found == Presets().end()) {
    return absl::InvalidArgumentError(std::format("there is no preset \"{}\"", preset));
  }
  Table table{.columns = {"NAME"}, .rows = {}};
  table.columns.reserve(found->columns.size() + 1);
  for (const Column& column : found->columns) {
    table.columns.emplace_back(column.name);
  }
  for (const std::string& path : InTreeOrder(cgroups)) {
    const CgroupFiles& files = cgroups.groups.at(path);
    std::vector<std::string> row = {Indented(path)};
    row.reserve(found->columns.size() + 1);
    for (const Column& column : found->columns) {
      row.push_back(CellOf(cgroups, files, column));
    }
    table.rows.push_back(std::move(row));
    AddProcesses(cgroups, path, files, found->columns.size(), table);
  }
  return table;
}

}  // namespace ichor::ctl
