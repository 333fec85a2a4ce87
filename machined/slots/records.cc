#include "machined/slots/records.h"

#include <algorithm>

#include "absl/status/status.h"
#include "lib/early/environment_block.h"

namespace ichor {
namespace {

constexpr std::string_view kPrefix = "ichor-";
constexpr std::string_view kSuffix = ".efi";

// The parts of "ichor-<generation>-<slot>[+<counter>].efi".
struct Uki {
  std::string generation;
  std::string slot;
  bool counted = false;
};

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Uki> ParseUki(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) {
    return std::nullopt;
  }
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  const size_t plus = name.find('+');
  const std::string_view plain = name.substr(0, plus);
  const size_t dash = plain.find('-');
  if (dash == std::string_view::npos || !IsDigits(plain.substr(0, dash))) {
    return std::nullopt;
  }
  return Uki{.generation = std::string(plain.substr(0, dash)),
             .slot = std::string(plain.substr(dash + 1)),
             .counted = plus != std::string_view::npos};
}

}  // namespace

std::optional<Renamed> CommitUki(const std::vector<std::string>& names, std::string_view slot) {
  std::string newest;
  std::optional<Renamed> change;
  for (const std::string& name : names) {
    const std::optional<Uki> uki = ParseUki(name);
    if (!uki.has_value() || uki->slot != slot || uki->generation < newest) {
      continue;
    }
    // Both names of one file may be there, after a power cut: then the work is done.
    const bool done = uki->generation == newest && !change.has_value();
    newest = uki->generation;
    change.reset();
    if (uki->counted && !done) {
      change = {.from = name, .to = name.substr(0, name.find('+')) + std::string(kSuffix)};
    }
  }
  return change;
}

absl::StatusOr<std::string> CommitEnvironment(std::string_view block, std::string_view slot) {
  if (!early::IsEnvironment(block)) {
    return absl::InvalidArgumentError("this is no environment block");
  }
  early::EnvironmentBlock out;
  std::ranges::copy(block, out.begin());
  bool done = early::SetVariable(out, "ichor_default", slot);
  if (early::GetVariable(out, "ichor_try") == slot) {
    done = early::SetVariable(out, "ichor_try", "") && done;
    done = early::SetVariable(out, "ichor_tries", "") && done;
  }
  if (!done) {
    return absl::InvalidArgumentError("the environment block is full");
  }
  return std::string(out.data(), out.size());
}

}  // namespace ichor
