#include "lib/pki/cluster/contract.h"

#include <charconv>
#include <format>

#include "absl/status/status.h"

namespace ichor::pki {
namespace {

// The number at the beginning of `text`, which it takes away; -1 if there is none.
int TakeNumber(std::string_view& text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) {
    return -1;
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

}  // namespace

absl::StatusOr<Contract> ContractOf(std::string_view version) {
  if (version.empty()) {
    return Contract{};
  }
  std::string_view rest = version;
  rest.remove_prefix(rest.starts_with('v') ? 1 : 0);
  const int major = TakeNumber(rest);
  const bool dot = rest.starts_with('.');
  rest.remove_prefix(dot ? 1 : 0);
  const int minor = TakeNumber(rest);
  const bool ends = rest.empty() || rest.front() == '.' || rest.front() == '-';
  if (major != 1 || !dot || minor < 0 || !ends) {
    return absl::InvalidArgumentError(
        std::format("\"{}\" is no version, such as v1.14 or v1.13.2", version));
  }
  if (minor > Contract::kCurrentMinor) {
    return absl::InvalidArgumentError(
        std::format("\"{}\" is later than v1.{}, the last version known here", version,
                    Contract::kCurrentMinor));
  }
  return Contract{.minor = minor};
}

}  // namespace ichor::pki
