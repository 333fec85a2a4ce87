#include "machined/hardware/cpu_info.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

namespace ichor {
namespace {

using Fields = std::map<std::string_view, std::string_view>;

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes the lines "key : value" up to the next empty one.
Fields TakeBlock(std::string_view& text) {
  Fields fields;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) {
      break;
    }
    if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
      fields.insert_or_assign(Trimmed(line.substr(0, colon)), Trimmed(line.substr(colon + 1)));
    }
  }
  return fields;
}

// The first of the keys that is there; x86 and arm name things differently.
std::string_view TextOf(const Fields& fields, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const auto found = fields.find(key); found != fields.end()) {
      return found->second;
    }
  }
  return {};
}

template <class Number>
std::optional<Number> NumberOf(const Fields& fields, std::initializer_list<std::string_view> keys) {
  const std::string_view text = TextOf(fields, keys);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) {
      words.emplace_back(word);
    }
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return words;
}

CpuCore CoreOf(const Fields& fields, std::uint32_t processor) {
  CpuCore core;
  core.socket = TextOf(fields, {"physical id"});
  core.core = TextOf(fields, {"core id"});
  core.id = core.socket.empty() || core.core.empty() ? std::to_string(processor)
                                                     : core.socket + "-" + core.core;
  core.vendor = TextOf(fields, {"vendor_id", "CPU implementer"});
  core.family = TextOf(fields, {"cpu family", "CPU architecture"});
  core.model = TextOf(fields, {"model", "CPU part"});
  core.model_name = TextOf(fields, {"model name"});
  core.stepping = TextOf(fields, {"stepping", "CPU revision"});
  core.microcode = TextOf(fields, {"microcode"});
  core.cache_size = TextOf(fields, {"cache size"});
  core.cores_per_socket = NumberOf<std::uint32_t>(fields, {"cpu cores"}).value_or(0);
  core.threads_per_socket = NumberOf<std::uint32_t>(fields, {"siblings"}).value_or(0);
  core.flags = WordsOf(TextOf(fields, {"flags", "Features"}));
  core.bugs = WordsOf(TextOf(fields, {"bugs"}));
  core.bogo_mips = NumberOf<double>(fields, {"bogomips", "BogoMIPS"}).value_or(0);
  core.address_sizes = TextOf(fields, {"address sizes"});
  return core;
}

}  // namespace

std::vector<CpuCore> ParseCpuInfo(std::string_view text) {
  std::vector<CpuCore> cores;
  while (!text.empty()) {
    const Fields fields = TakeBlock(text);
    const std::optional<std::uint32_t> processor = NumberOf<std::uint32_t>(fields, {"processor"});
    if (!processor.has_value()) {
      continue;
    }
    CpuCore core = CoreOf(fields, *processor);
    auto known = std::ranges::find(cores, core.id, &CpuCore::id);
    if (known == cores.end()) {
      known = cores.insert(cores.end(), std::move(core));
    }
    known->logical_cpus.push_back(*processor);
  }
  return cores;
}

}  // namespace ichor
