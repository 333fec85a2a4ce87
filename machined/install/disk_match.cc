#include "machined/install/disk_match.h"

#include <array>
#include <string_view>
#include <utility>

#include "lib/resource/cel/evaluate.h"
#include "lib/resource/cel/glob.h"

namespace ichor {
namespace {

void AddUnits(CelScope& scope) {
  static constexpr std::array<std::string_view, 6> kNames = {"k", "M", "G", "T", "P", "E"};
  std::uint64_t decimal = 1;
  std::uint64_t binary = 1;
  for (const std::string_view name : kNames) {
    decimal *= 1000;
    binary *= 1024;
    scope.variables.emplace(std::string(name) + "B", CelValue(decimal));
    scope.variables.emplace((name == "k" ? "K" : std::string(name)) + "iB", CelValue(binary));
  }
}

}  // namespace

absl::StatusOr<bool> DiskMatches(const std::string& expression,
                                 const talos::resource::definitions::block::DiskSpec& disk,
                                 bool system_disk) {
  CelScope scope;
  AddUnits(scope);
  scope.variables.emplace("disk", CelValue(static_cast<const google::protobuf::Message*>(&disk)));
  scope.variables.emplace("system_disk", CelValue(system_disk));
  scope.functions.emplace("glob", CelGlob);
  return CelHolds(expression, scope);
}

}  // namespace ichor
