#include "machined/api/parse/memory.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "google/protobuf/descriptor.h"
#include "machined/api/parse/text.h"

namespace ichor::api::parse {
namespace {

// "Active(anon)" is the field activeanon, "NFS_Unstable" nfsunstable.
std::string FieldName(std::string_view key) {
  std::string name;
  for (const char c : key) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      name.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return name;
}

}  // namespace

machine::MemInfo MemoryOf(std::string_view meminfo) {
  machine::MemInfo memory;
  for (const std::string_view line : Lines(meminfo)) {
    const std::optional<Pair> pair = Split(line, ':');
    if (!pair.has_value()) {
      continue;
    }
    const google::protobuf::FieldDescriptor* field =
        memory.GetDescriptor()->FindFieldByName(FieldName(pair->key));
    const std::vector<std::string_view> amount = Fields(pair->value);
    if (field != nullptr && !amount.empty()) {
      memory.GetReflection()->SetUInt64(&memory, field, NumberOrZero(amount[0]));
    }
  }
  return memory;
}

absl::StatusOr<machine::LoadAvg> LoadOf(std::string_view loadavg) {
  const std::vector<std::string_view> fields = Fields(loadavg.substr(0, loadavg.find('\n')));
  if (fields.size() >= 3) {
    const std::optional<double> one = Real(fields[0]);
    const std::optional<double> five = Real(fields[1]);
    const std::optional<double> fifteen = Real(fields[2]);
    if (one.has_value() && five.has_value() && fifteen.has_value()) {
      machine::LoadAvg load;
      load.set_load1(*one);
      load.set_load5(*five);
      load.set_load15(*fifteen);
      return load;
    }
  }
  return absl::InvalidArgumentError("/proc/loadavg: expected three numbers");
}

}  // namespace ichor::api::parse
