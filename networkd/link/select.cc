#include "networkd/link/select.h"

#include <format>
#include <optional>
#include <span>

#include "absl/strings/ascii.h"
#include "lib/base/hex.h"
#include "lib/early/sha256.h"
#include "lib/resource/address_text.h"

namespace ichor::networkd {
namespace {

constexpr std::size_t kLongestLinkName = 15;  // IFNAMSIZ without its end
constexpr std::size_t kVlanSuffix = 5;        // ".4094"
constexpr std::size_t kKeptOfParent = 4;
constexpr std::size_t kHashBytes = 3;

bool FitsAddress(const std::string& wanted, const std::string& bytes) {
  const std::string text = HardwareAddressToText(bytes);
  return !text.empty() && FitsPattern(absl::AsciiStrToLower(wanted), text);
}

}  // namespace

bool FitsPattern(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;  // the last one met
  std::size_t tried = 0;                      // where what follows it was last looked for
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      tried = i;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++tried;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

bool Fits(const definitions::LinkSelector& selector, const network::LinkStatus::Spec& link) {
  bool any = false;
  const auto fits = [&](const std::string& pattern, const auto& test) {
    any = any || !pattern.empty();
    return pattern.empty() || test(pattern);
  };
  const auto is = [](const std::string& text) {
    return [&text](const std::string& pattern) { return FitsPattern(pattern, text); };
  };
  const auto has = [](const std::string& bytes) {
    return [&bytes](const std::string& pattern) { return FitsAddress(pattern, bytes); };
  };
  if (!fits(selector.bus_path(), is(link.bus_path())) ||
      !fits(selector.pci_id(), is(link.pci_id())) || !fits(selector.driver(), is(link.driver())) ||
      !fits(selector.hardware_addr(), has(link.hardware_addr())) ||
      !fits(selector.permanent_addr(), has(link.permanent_addr()))) {
    return false;
  }
  if (!selector.has_physical()) return any;
  return selector.physical() == IsPhysical(link);
}

std::vector<std::string> LinksMeant(const definitions::LinkReference& which, const Links& links) {
  if (!which.has_selector()) {
    const std::optional<ResolvedLink> link = ResolveLink(links, which.name());
    return {link.has_value() ? link->name : which.name()};
  }
  std::vector<std::string> names;
  for (const auto& link : links) {
    if (Fits(which.selector(), link.spec())) names.push_back(link.id());
  }
  return names;
}

std::string VlanName(const std::string& parent, std::uint32_t id) {
  if (parent.size() + kVlanSuffix <= kLongestLinkName) return std::format("{}.{}", parent, id);
  const early::Sha256Digest digest = early::Sha256Of(std::as_bytes(std::span(parent)));
  return std::format("{}{}.{}", parent.substr(0, kKeptOfParent),
                     base::Hex(std::span(digest).first(kHashBytes)), id);
}

}  // namespace ichor::networkd
