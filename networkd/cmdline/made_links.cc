// bond= and vlan=.
#include <algorithm>
#include <array>
#include <charconv>
#include <format>
#include <optional>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/set_field.h"
#include "networkd/cmdline/arguments.h"

namespace ichor::networkd {
namespace {

constexpr std::size_t kMaxLinkNameBytes = 15;
constexpr std::uint32_t kMaxVlan = 4094;

// Options of the bonding module, and the fields that hold them.
struct Option {
  std::string_view name;
  std::string_view field;
};
constexpr std::array kOptions = {
    Option{"mode", "mode"},
    Option{"xmit_hash_policy", "hash_policy"},
    Option{"lacp_rate", "lacp_rate"},
    Option{"arp_validate", "arp_validate"},
    Option{"arp_all_targets", "arp_all_targets"},
    Option{"primary_reselect", "primary_reselect"},
    Option{"fail_over_mac", "fail_over_mac"},
    Option{"ad_select", "ad_select"},
    Option{"miimon", "mii_mon"},
    Option{"updelay", "up_delay"},
    Option{"downdelay", "down_delay"},
    Option{"arp_interval", "arp_interval"},
    Option{"resend_igmp", "resend_igmp"},
    Option{"min_links", "min_links"},
    Option{"lp_interval", "lp_interval"},
    Option{"packets_per_slave", "packets_per_slave"},
    Option{"num_grat_arp", "num_peer_notif"},
    Option{"num_unsol_na", "num_peer_notif"},
    Option{"all_slaves_active", "all_slaves_active"},
    Option{"use_carrier", "use_carrier"},
};

absl::Status Wrong(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(std::format("{} \"{}\"", what, text));
}

// The pieces between separators: one at least.
std::vector<std::string> Fields(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  while (true) {
    const std::size_t end = text.find(separator);
    pieces.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return pieces;
    }
    text.remove_prefix(end + 1);
  }
}

// The same of a list, which may be empty.
std::vector<std::string> List(std::string_view text, char separator) {
  return text.empty() ? std::vector<std::string>() : Fields(text, separator);
}

absl::Status CheckLinkName(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= kMaxLinkNameBytes && !name.contains('/') &&
                    name != "." && name != "..";
  return fits ? absl::OkStatus() : Wrong("no link name:", name);
}

std::optional<std::uint32_t> NumberOf(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

absl::Status AddTargets(std::string_view value, BondArgument& bond) {
  for (const std::string& text : List(value, ';')) {
    const std::optional<common::NetIP> address = ParseNetIP(text);
    if (!address.has_value() || address->ip().empty()) {
      return Wrong("no address:", text);
    }
    *bond.settings.add_arp_ip_targets() = *address;
  }
  return absl::OkStatus();
}

absl::Status SetOption(std::string_view text, BondArgument& bond) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(std::min(equals + 1, text.size()));
  if (name == "primary") {
    bond.settings.set_primary(std::string(value));
    return CheckLinkName(value);
  }
  if (name == "arp_ip_target") {
    return AddTargets(value, bond);
  }
  const auto* const option = std::ranges::find(kOptions, name, &Option::name);
  if (option == kOptions.end()) {
    return Wrong("no such option of a bond:", name);
  }
  return SetField(bond.settings, option->field, value)
             ? absl::OkStatus()
             : Wrong(std::format("{}: no such value:", name), value);
}

}  // namespace

absl::StatusOr<BondArgument> ParseBondArgument(std::string_view value) {
  enum Field : std::uint8_t { kName, kMembers, kOptionList, kMtu, kFields };
  std::vector<std::string> fields = Fields(value, ':');
  if (fields.size() > kFields) {
    return Wrong("too many fields in", value);
  }
  fields.resize(kFields);
  RETURN_IF_ERROR(CheckLinkName(fields[kName]));
  BondArgument bond{.name = fields[kName], .members = List(fields[kMembers], ','), .settings = {}};
  bond.settings.set_use_carrier(true);
  if (bond.members.empty()) {
    bond.members = {"eth0", "eth1"};
  }
  for (const std::string& member : bond.members) {
    RETURN_IF_ERROR(CheckLinkName(member));
  }
  for (const std::string& option : List(fields[kOptionList], ',')) {
    RETURN_IF_ERROR(SetOption(option, bond));
  }
  if (!fields[kMtu].empty()) {
    const std::optional<std::uint32_t> mtu = NumberOf(fields[kMtu]);
    if (!mtu.has_value()) {
      return Wrong("no MTU:", fields[kMtu]);
    }
    bond.mtu = *mtu;
  }
  return bond;
}

absl::StatusOr<VlanArgument> ParseVlanArgument(std::string_view value) {
  constexpr std::string_view kPrefix = "vlan";
  const std::vector<std::string> fields = Fields(value, ':');
  if (fields.size() != 2) {
    return Wrong("expected <name>:<parent>, got", value);
  }
  const std::string& name = fields.front();
  RETURN_IF_ERROR(CheckLinkName(name));
  RETURN_IF_ERROR(CheckLinkName(fields.back()));
  const std::size_t dot = name.rfind('.');
  const std::string number = dot != std::string::npos    ? name.substr(dot + 1)
                             : name.starts_with(kPrefix) ? name.substr(kPrefix.size())
                                                         : "";
  const std::uint32_t id = NumberOf(number).value_or(0);
  if (id == 0 || id > kMaxVlan) {
    return Wrong(std::format("no VLAN number from 1 to {}:", kMaxVlan), number);
  }
  return VlanArgument{.name = name, .parent = fields.back(), .id = id};
}

}  // namespace ichor::networkd
