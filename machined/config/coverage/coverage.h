// What a config may say that this version accepts and does not act on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/config.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// What becomes of a part of the config.
enum class Coverage : std::uint8_t {
  kActedOn,
  kLater,            // a later version acts on it
  kLaterProtection,  // so too, and until then somebody may rely on a protection that is not there
};

struct CoverageRule {
  std::string_view path;  // "machine.sysctls", "LinkConfig.mtu"; also of everything below it
  Coverage coverage = Coverage::kActedOn;
  std::string_view sentence{};  // "the firewall is not there yet"; empty if it is acted on
};

// The rule for a path of keys from the title of its document on, without the places of lists and
// the keys of mappings with free keys: of the longest rule that it is in. Null if there is none.
const CoverageRule* FindCoverage(std::string_view path);

// Every path that a config may have, of all kinds, in the order of their descriptions.
std::vector<std::string> AllConfigPaths();

struct Unacted {
  std::string path;      // "NetworkRuleConfig ssh", "machine.pods"
  std::string sentence;  // what of it, for an operator
  bool security_relevant = false;
};

// What `config` says and this version does not act on, security first, then in the order of the
// text. Each rule is named once for each document.
std::vector<Unacted> NotActedOn(const config::Config& config);

// The same as diagnostics: row `config-protection`, a warning of what is not protected, and
// `config-coverage`, of everything else. Never fails.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseCoverage(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
