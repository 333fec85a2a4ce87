#include "machined/delivery/record.h"

#include <cstdint>
#include <format>
#include <map>
#include <utility>

#include "lib/resource/json_text.h"
#include "lib/resource/time_proto.h"
#include "lib/resource/time_text.h"

namespace ichor {
namespace {

// One object on one line. Tags win over no key of ours.
class Object {
 public:
  explicit Object(const LogTags& tags) {
    for (const auto& [key, value] : tags) {
      Add(key, value);
    }
  }
  void Add(std::string_view key, std::string_view text) {
    values_[std::string(key)] = JsonText(text);
  }
  void Add(std::string_view key, std::uint64_t number) {
    values_[std::string(key)] = std::to_string(number);
  }
  std::string Line() const {
    std::string line;
    for (const auto& [key, value] : values_) {
      line += (line.empty() ? "{" : ",") + JsonText(key) + ":" + value;
    }
    return line + "}\n";
  }

 private:
  std::map<std::string, std::string> values_;  // in JSON, by key
};

std::string_view LevelOfLine(std::string_view line) {
  if (line.starts_with("error: ")) {
    return "error";
  }
  return line.starts_with("warning: ") ? "warn" : "info";
}

std::string_view LevelOfSeverity(std::string_view severity) {
  if (severity == "warning") {
    return "warn";
  }
  if (severity == "debug") {
    return "debug";
  }
  return severity == "info" || severity == "notice" ? "info" : "error";
}

}  // namespace

std::string ServiceRecord(std::string_view service, std::string_view line, base::WallTime time,
                          const LogTags& tags) {
  Object object(tags);
  object.Add("msg", line);
  object.Add("talos-level", LevelOfLine(line));
  object.Add("talos-service", service);
  object.Add("talos-time", ToText(ToProto(time)));
  return object.Line();
}

std::string KernelRecord(const log::KmsgRecord& record, base::WallTime boot, const LogTags& tags) {
  Object object(tags);
  object.Add("clock", static_cast<std::uint64_t>(record.since_boot.count()));
  object.Add("facility", record.facility);
  object.Add("msg", record.text);
  object.Add("priority", record.severity);
  object.Add("seq", record.sequence);
  object.Add("talos-level", LevelOfSeverity(record.severity));
  object.Add("talos-time", ToText(ToProto(boot + record.since_boot)));
  return object.Line();
}

}  // namespace ichor
