#include "lib/config/validate/expression.h"

#include <array>
#include <string>
#include <utility>

#include "lib/config/yaml.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/cel/check.h"
#include "talos/resource/definitions/block/block.pb.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor::config {
namespace {

namespace block = ::talos::resource::definitions::block;
namespace network = ::talos::resource::definitions::network;

void AddUnits(CelEnvironment& environment) {
  constexpr std::array<std::string_view, 12> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB",
                                                       "kB",  "MB",  "GB",  "TB",  "PB",  "EB"};
  for (const std::string_view unit : kUnits) {
    environment.variables.emplace(unit, ParseCelType("uint"));
  }
}

void AddClasses(CelEnvironment& environment) {
  constexpr std::array<std::string_view, 5> kClasses = {"Besteffort", "Burstable", "Guaranteed",
                                                        "Podruntime", "System"};
  for (const std::string_view name : kClasses) {
    environment.variables.emplace(name, ParseCelType("int"));
  }
}

// "memory_full_avg10", its change "d_memory_full_avg10", and both by class of the groups.
void AddPressure(CelEnvironment& environment) {
  const CelType value = ParseCelType("double");
  const CelType by_class = ParseCelType("map(int, double)");
  const auto add = [&](const std::string& name, bool whole) {
    for (const std::string_view change : {"", "d_"}) {
      if (whole) environment.variables.emplace(Cat(change, name), value);
      environment.variables.emplace(Cat(change, "qos_", name), by_class);
    }
  };
  for (const std::string_view who : {"some", "full"}) {
    for (const std::string_view what : {"avg10", "avg60", "avg300", "total"}) {
      add(Cat("memory_", who, "_", what), true);
    }
  }
  for (const std::string_view what : {"current", "peak", "max"}) {
    add(Cat("memory_", what), false);
  }
}

CelEnvironment MakeEnvironment(Subject subject) {
  CelEnvironment environment;
  if (subject != Subject::kLink) AddUnits(environment);
  switch (subject) {
    case Subject::kVolume:
      environment.variables["volume"] = CelTypeOf(*block::DiscoveredVolumeSpec::descriptor());
      environment.variables["disk"] = CelTypeOf(*block::DiskSpec::descriptor());
      break;
    case Subject::kDisk:
      environment.variables["disk"] = CelTypeOf(*block::DiskSpec::descriptor());
      environment.variables["system_disk"] = ParseCelType("bool");
      environment.functions.push_back(ParseCelFunction("glob: string, string -> bool"));
      break;
    case Subject::kLink:
      environment.variables["link"] = CelTypeOf(*network::LinkStatusSpec::descriptor());
      environment.functions.push_back(ParseCelFunction("glob: string, string -> bool"));
      environment.functions.push_back(ParseCelFunction("mac: bytes -> string"));
      break;
    case Subject::kMemoryTrigger:
      AddClasses(environment);
      AddPressure(environment);
      environment.variables["time_since_trigger"] = ParseCelType("duration");
      environment.functions.push_back(
          ParseCelFunction("multiply_qos_vectors: map(int, double), map(int, double) -> double"));
      break;
    case Subject::kMemoryRanking:
      AddClasses(environment);
      for (const std::string_view name : {"memory_max", "memory_current", "memory_peak"}) {
        environment.variables.emplace(name, ParseCelType("optional(uint)"));
      }
      environment.variables["path"] = ParseCelType("string");
      environment.variables["class"] = ParseCelType("int");
      break;
  }
  return environment;
}

const CelEnvironment& EnvironmentOf(Subject subject) {
  static const auto* const kAll = new std::array<CelEnvironment, 5>{
      MakeEnvironment(Subject::kDisk), MakeEnvironment(Subject::kVolume),
      MakeEnvironment(Subject::kLink), MakeEnvironment(Subject::kMemoryTrigger),
      MakeEnvironment(Subject::kMemoryRanking)};
  return (*kAll)[static_cast<size_t>(subject)];
}

}  // namespace

void CheckExpression(Checker& checker, std::string_view path, std::string_view expression,
                     Subject subject) {
  if (expression.empty()) return;
  const auto parsed = CelFromText(expression);
  if (!parsed.ok()) return;  // said when it was read
  const auto type = CheckCel(parsed->expr(), EnvironmentOf(subject));
  if (!type.ok()) return checker.Error(path, std::string(type.status().message()));
  const auto wanted =
      subject == Subject::kMemoryRanking ? CelType::Kind::kDouble : CelType::Kind::kBool;
  if (type->Is(wanted) || type->Is(CelType::Kind::kAny)) return;
  checker.Error(path, Cat("the expression gives ", ToString(*type), ", expected ",
                          wanted == CelType::Kind::kBool ? "bool" : "double"));
}

void RequireExpression(Checker& checker, std::string_view path, std::string_view expression,
                       Subject subject) {
  checker.Require(path, expression);
  CheckExpression(checker, path, expression, subject);
}

}  // namespace ichor::config
