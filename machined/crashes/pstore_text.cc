#include "machined/crashes/pstore_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "lib/resource/time_proto.h"
#include "lib/sys/wait_status.h"

namespace ichor {
namespace {

using Record = boot::CrashRecord::Spec;

constexpr std::size_t kMostLog = 16 << 10;
constexpr std::int64_t kOneEnd = 10;  // seconds that the parts of one end may lie apart
constexpr std::string_view kLastWords = "ichor: init: crash record ";
constexpr std::string_view kKernel = "kernel";
constexpr std::string_view kOrderly = "Shutdown";

// Takes a decimal number off the front.
template <class Number>
std::optional<Number> TakeNumber(std::string_view& text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  const bool there = text.starts_with(prefix);
  text.remove_prefix(there ? prefix.size() : 0);
  return there;
}

// Takes what is before `separator` off the front, and the separator; nothing if it is not there.
std::optional<std::string_view> TakeUntil(std::string_view& text, std::string_view separator) {
  const std::size_t end = text.find(separator);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + separator.size());
  return taken;
}

struct Part {
  std::string end;  // "Panic#1"
  int number = 0;   // 1 is the newest
  std::string_view log;
};

// "Panic#1 Part2\n…"
std::optional<Part> ParsePart(std::string_view text) {
  std::string_view rest = text;
  const auto end = TakeUntil(rest, " Part");
  if (!end.has_value() || !end->contains('#') || end->contains('\n')) {
    return std::nullopt;
  }
  const auto number = TakeNumber<int>(rest);
  if (!number.has_value() || !TakePrefix(rest, "\n")) {
    return std::nullopt;
  }
  return Part{.end = std::string(*end), .number = *number, .log = rest};
}

// Calls `visit` for each line, without "<6>" at its beginning.
template <class Visit>
void ForEachLine(std::string_view log, Visit visit) {
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    std::string_view line = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    std::string_view rest = line;
    if (TakePrefix(rest, "<") && TakeNumber<int>(rest).has_value() && TakePrefix(rest, ">")) {
      line = rest;
    }
    visit(line);
  }
}

// What machined/init/last_words.h writes: "3 at 173…: machined, process 175, status 139: log".
std::optional<Record> ParseLastWords(std::string_view text) {
  const auto number = TakeNumber<std::uint64_t>(text);
  if (!number.has_value() || !TakePrefix(text, " at ")) {
    return std::nullopt;
  }
  const auto time = TakeNumber<std::int64_t>(text);
  if (!time.has_value() || !TakePrefix(text, ": ")) {
    return std::nullopt;
  }
  const auto process = TakeUntil(text, ", process ");
  const auto pid = process.has_value() ? TakeNumber<std::int32_t>(text) : std::nullopt;
  if (!pid.has_value() || !TakePrefix(text, ", status ")) {
    return std::nullopt;
  }
  const auto status = TakeNumber<int>(text);
  if (!status.has_value() || !TakePrefix(text, ": ")) {
    return std::nullopt;
  }
  Record record;
  *record.mutable_time() = ToProto(base::WallTime(std::chrono::nanoseconds(*time)));
  record.set_process(std::string(*process));
  record.set_pid(*pid);
  record.set_ended(sys::DescribeWaitStatus(*status));
  record.set_log(std::string(text));
  return record;
}

}  // namespace

std::vector<KernelEnd> JoinParts(std::vector<PstoreFile> files) {
  std::ranges::sort(files, {},
                    [](const PstoreFile& file) { return std::pair(file.seconds, file.name); });
  struct Joined {
    KernelEnd end;
    std::map<int, std::string_view, std::greater<>> logs;  // the oldest part first
  };
  std::vector<std::pair<std::string, Joined>> ends;
  for (const PstoreFile& file : files) {
    const auto part = ParsePart(file.text);
    if (!part.has_value()) {
      continue;
    }
    const auto same = [&](const auto& entry) {
      return entry.first == part->end && file.seconds - entry.second.end.seconds <= kOneEnd &&
             !entry.second.logs.contains(part->number);
    };
    auto found = std::ranges::find_if(ends, same);
    if (found == ends.end()) {
      Joined joined;
      joined.end.reason = part->end.substr(0, part->end.find('#'));
      joined.end.seconds = file.seconds;
      found = ends.emplace(ends.end(), part->end, std::move(joined));
    }
    found->second.logs[part->number] = part->log;
    found->second.end.files.push_back(file.name);
  }
  std::vector<KernelEnd> out;
  for (auto& [name, joined] : ends) {
    for (const auto& [number, log] : joined.logs) {
      ForEachLine(
          log, [&end = joined.end](std::string_view line) { end.log.append(line).append("\n"); });
    }
    out.push_back(std::move(joined.end));
  }
  return out;
}

std::vector<Record> CrashesOf(const KernelEnd& end) {
  std::vector<Record> records;
  ForEachLine(end.log, [&records](std::string_view line) {
    const std::size_t at = line.find(kLastWords);
    if (at == std::string_view::npos) {
      return;
    }
    if (auto record = ParseLastWords(line.substr(at + kLastWords.size())); record.has_value()) {
      records.push_back(*std::move(record));
    }
  });
  if (end.reason != kOrderly) {
    Record kernel;
    kernel.mutable_time()->set_seconds(end.seconds);
    kernel.set_process(std::string(kKernel));
    kernel.set_ended(end.reason);
    kernel.set_log(end.log.substr(end.log.size() - std::min(end.log.size(), kMostLog)));
    records.push_back(std::move(kernel));
  }
  return records;
}

}  // namespace ichor
