#include "machined/api/parse/cpu_info.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "google/protobuf/descriptor.h"
#include "machined/api/parse/text.h"

namespace ichor::api::parse {
namespace {

constexpr size_t kMaxCpus = 4096;

// Field numbers by the words of x86, then by those of arm64.
const std::map<std::string_view, int>& FieldNumbers() {
  using Info = machine::CPUInfo;
  static const std::map<std::string_view, int> kNumbers = {
      {"processor", Info::kProcessorFieldNumber},
      {"vendor_id", Info::kVendorIdFieldNumber},
      {"cpu family", Info::kCpuFamilyFieldNumber},
      {"model", Info::kModelFieldNumber},
      {"model name", Info::kModelNameFieldNumber},
      {"stepping", Info::kSteppingFieldNumber},
      {"microcode", Info::kMicrocodeFieldNumber},
      {"cpu MHz", Info::kCpuMhzFieldNumber},
      {"cache size", Info::kCacheSizeFieldNumber},
      {"physical id", Info::kPhysicalIdFieldNumber},
      {"siblings", Info::kSiblingsFieldNumber},
      {"core id", Info::kCoreIdFieldNumber},
      {"cpu cores", Info::kCpuCoresFieldNumber},
      {"apicid", Info::kApicIdFieldNumber},
      {"initial apicid", Info::kInitialApicIdFieldNumber},
      {"fpu", Info::kFpuFieldNumber},
      {"fpu_exception", Info::kFpuExceptionFieldNumber},
      {"cpuid level", Info::kCpuIdLevelFieldNumber},
      {"wp", Info::kWpFieldNumber},
      {"flags", Info::kFlagsFieldNumber},
      {"bugs", Info::kBugsFieldNumber},
      {"bogomips", Info::kBogoMipsFieldNumber},
      {"clflush size", Info::kClFlushSizeFieldNumber},
      {"cache_alignment", Info::kCacheAlignmentFieldNumber},
      {"address sizes", Info::kAddressSizesFieldNumber},
      {"power management", Info::kPowerManagementFieldNumber},
      {"CPU implementer", Info::kVendorIdFieldNumber},
      {"CPU variant", Info::kCpuFamilyFieldNumber},
      {"CPU part", Info::kModelFieldNumber},
      {"CPU revision", Info::kSteppingFieldNumber},
      {"Features", Info::kFlagsFieldNumber},
      {"BogoMIPS", Info::kBogoMipsFieldNumber},
  };
  return kNumbers;
}

void SetField(machine::CPUInfo& cpu, int number, std::string_view value) {
  using google::protobuf::FieldDescriptor;
  const FieldDescriptor* field = cpu.GetDescriptor()->FindFieldByNumber(number);
  const google::protobuf::Reflection& reflection = *cpu.GetReflection();
  if (field->is_repeated()) {
    for (const std::string_view word : Fields(value)) {
      reflection.AddString(&cpu, field, std::string(word));
    }
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection.SetString(&cpu, field, std::string(value));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    reflection.SetDouble(&cpu, field, Real(value).value_or(0));
  } else {
    reflection.SetUInt32(&cpu, field, static_cast<std::uint32_t>(NumberOrZero(value)));
  }
}

}  // namespace

machine::CPUsInfo CpusOf(std::string_view cpuinfo) {
  machine::CPUsInfo cpus;
  machine::CPUInfo* cpu = nullptr;
  for (const std::string_view line : Lines(cpuinfo)) {
    const std::optional<Pair> pair = Split(line, ':');
    if (!pair.has_value()) {
      continue;
    }
    if (pair->key == "processor") {
      cpu = cpus.add_cpu_info();
    }
    const auto number = FieldNumbers().find(pair->key);
    if (cpu != nullptr && number != FieldNumbers().end()) {
      SetField(*cpu, number->second, pair->value);
    }
  }
  return cpus;
}

std::vector<std::uint32_t> CpuListOf(std::string_view list) {
  std::vector<std::uint32_t> cpus;
  list = list.substr(0, list.find('\n'));
  while (!list.empty()) {
    const std::string_view range = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), range.size() + 1));
    const std::optional<std::uint64_t> first = Number(range.substr(0, range.find('-')));
    const std::optional<std::uint64_t> last = Number(range.substr(range.find('-') + 1));
    if (!first.has_value() || !last.has_value()) {
      continue;
    }
    for (std::uint64_t cpu = *first; cpu <= *last && cpus.size() < kMaxCpus; ++cpu) {
      cpus.push_back(static_cast<std::uint32_t>(cpu));
    }
  }
  return cpus;
}

}  // namespace ichor::api::parse
