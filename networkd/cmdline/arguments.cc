#include "networkd/cmdline/arguments.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <format>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"

namespace ichor::networkd {
namespace {

constexpr std::size_t kV4Bytes = 4;
constexpr int kV4Bits = 32;
constexpr int kV6Bits = 128;
constexpr std::size_t kMaxFields = 10;
constexpr std::size_t kMaxLinkNameBytes = 15;
constexpr std::size_t kMaxHostnameBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

enum Field : std::uint8_t {
  kClient,
  kServer,
  kGateway,
  kMask,
  kHostname,
  kDevice,
  kAutoconf,
  kFirstDns,
  kSecondDns,
  kNtp,
};

absl::Status Wrong(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(std::format("{} \"{}\"", what, text));
}

// At the colons that do not stand in brackets; without the brackets.
absl::StatusOr<std::vector<std::string>> Split(std::string_view value) {
  std::vector<std::string> fields(1);
  bool bracket = false;
  for (const char c : value) {
    if (c == '[' || c == ']') {
      if (bracket == (c == '[')) {
        return Wrong("brackets do not match in", value);
      }
      bracket = c == '[';
    } else if (c == ':' && !bracket) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (bracket) {
    return Wrong("brackets do not match in", value);
  }
  if (fields.size() > kMaxFields) {
    return Wrong("too many fields in", value);
  }
  return fields;
}

absl::StatusOr<common::NetIP> Address(std::string_view what, const std::string& text) {
  const std::optional<common::NetIP> address = ParseNetIP(text);
  if (!address.has_value()) {
    return Wrong(what, text);
  }
  return *address;
}

absl::StatusOr<int> PrefixLength(const std::string& text, int bits) {
  int length = 0;
  const char* end = text.data() + text.size();
  if (const auto result = std::from_chars(text.data(), end, length);
      result.ec == std::errc() && result.ptr == end && length >= 0 && length <= bits) {
    return length;
  }
  const std::optional<common::NetIP> mask = ParseNetIP(text);
  if (!mask.has_value() || mask->ip().size() * 8 != static_cast<std::size_t>(bits)) {
    return Wrong("no netmask:", text);
  }
  int ones = 0;
  bool ended = false;
  for (const char c : mask->ip()) {
    const auto byte = static_cast<std::uint8_t>(c);
    const int here = std::countl_one(byte);
    if ((ended && byte != 0) || std::popcount(byte) != here) {
      return Wrong("no netmask:", text);
    }
    ended = here < 8;
    ones += here;
  }
  return ones;
}

absl::Status SetAddress(const std::vector<std::string>& fields, IpArgument& argument) {
  if (fields[kClient].empty()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const common::NetIP client, Address("no address:", fields[kClient]));
  const int bits = client.ip().size() == kV4Bytes ? kV4Bits : kV6Bits;
  int length = bits;
  if (!fields[kMask].empty()) {
    ASSIGN_OR_RETURN(length, PrefixLength(fields[kMask], bits));
  }
  argument.address.set_ip(client.ip());
  argument.address.set_prefix_length(length);
  if (!fields[kGateway].empty()) {
    ASSIGN_OR_RETURN(argument.gateway, Address("no gateway:", fields[kGateway]));
    if (argument.gateway.ip().size() != client.ip().size()) {
      return Wrong("a gateway of the other family:", fields[kGateway]);
    }
  }
  return absl::OkStatus();
}

absl::Status SetMethod(const std::string& text, IpArgument& argument) {
  constexpr std::string_view kDhcp[] = {"dhcp", "on", "any", "both"};
  constexpr std::string_view kStatic[] = {"", "off", "none", "static"};
  argument.dhcp = std::ranges::contains(kDhcp, text);
  return argument.dhcp || std::ranges::contains(kStatic, text) ? absl::OkStatus()
                                                               : Wrong("no such method:", text);
}

absl::Status SetDevice(const std::string& text, IpArgument& argument) {
  if (text.size() > kMaxLinkNameBytes || text.contains('/')) {
    return Wrong("no link name:", text);
  }
  argument.device = text;
  return absl::OkStatus();
}

// Labels of letters, digits and hyphens between dots: facts/network.md 4.
bool IsHostname(std::string_view name) {
  if (name.empty() || name.size() > kMaxHostnameBytes) {
    return false;
  }
  while (true) {
    const std::string_view label = name.substr(0, name.find('.'));
    const bool plain = std::ranges::all_of(label, [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
    });
    if (label.empty() || label.size() > kMaxLabelBytes || !plain || label.starts_with('-') ||
        label.ends_with('-')) {
      return false;
    }
    if (label.size() == name.size()) {
      return true;
    }
    name.remove_prefix(label.size() + 1);
  }
}

bool SaysNothing(const IpArgument& argument) {
  return argument.address.ip().empty() && !(argument.dhcp && !argument.device.empty()) &&
         argument.hostname.empty() && argument.name_servers.empty() && argument.time_server.empty();
}

void AddIp(std::string_view value, NetworkArguments& arguments) {
  absl::StatusOr<IpArgument> argument = ParseIpArgument(value);
  if (!argument.ok()) {
    arguments.errors.push_back(std::format("ip={}: {}", value, base::MessageOf(argument.status())));
  } else if (!SaysNothing(*argument)) {
    arguments.ip.push_back(*std::move(argument));
  }
}

template <class T>
void Add(std::string_view word, absl::StatusOr<T> argument, std::vector<T>& to,
         NetworkArguments& arguments) {
  if (argument.ok()) {
    to.push_back(*std::move(argument));
  } else {
    arguments.errors.push_back(std::format("{}: {}", word, base::MessageOf(argument.status())));
  }
}

void SetHostname(std::string_view name, NetworkArguments& arguments) {
  if (IsHostname(name)) {
    arguments.hostname = name;
  } else {
    arguments.errors.push_back(std::format("talos.hostname={}: no hostname", name));
  }
}

}  // namespace

absl::StatusOr<IpArgument> ParseIpArgument(std::string_view value) {
  ASSIGN_OR_RETURN(std::vector<std::string> fields, Split(value));
  IpArgument argument;
  if (fields.size() == 1 && ParseNetIP(fields[0]).value_or(common::NetIP()).ip().empty()) {
    RETURN_IF_ERROR(SetMethod(fields[0], argument));
    return argument;
  }
  if (fields.size() == 2) {
    RETURN_IF_ERROR(SetDevice(fields[0], argument));
    RETURN_IF_ERROR(SetMethod(fields[1], argument));
    return argument;
  }
  fields.resize(kMaxFields);
  RETURN_IF_ERROR(SetAddress(fields, argument));
  RETURN_IF_ERROR(SetDevice(fields[kDevice], argument));
  RETURN_IF_ERROR(SetMethod(fields[kAutoconf], argument));
  if (!fields[kHostname].empty() && !IsHostname(fields[kHostname])) {
    return Wrong("no hostname:", fields[kHostname]);
  }
  argument.hostname = fields[kHostname];
  for (const Field field : {kFirstDns, kSecondDns}) {
    if (!fields[field].empty()) {
      ASSIGN_OR_RETURN(argument.name_servers.emplace_back(),
                       Address("no name server:", fields[field]));
    }
  }
  argument.time_server = fields[kNtp];
  return argument;
}

NetworkArguments ParseNetworkArguments(std::string_view command_line) {
  constexpr std::string_view kIp = "ip=";
  constexpr std::string_view kName = "talos.hostname=";
  constexpr std::string_view kBond = "bond=";
  constexpr std::string_view kVlan = "vlan=";
  constexpr std::string_view kIgnore = "talos.network.interface.ignore=";
  NetworkArguments arguments;
  while (!command_line.empty()) {
    const std::size_t end = command_line.find_first_of(" \t\n");
    const std::string_view word = command_line.substr(0, end);
    command_line.remove_prefix(end == std::string_view::npos ? command_line.size() : end + 1);
    if (word == "--") {
      break;  // the rest is for init
    }
    if (word.starts_with(kIp)) {
      AddIp(word.substr(kIp.size()), arguments);
    } else if (word.starts_with(kName)) {
      SetHostname(word.substr(kName.size()), arguments);
    } else if (word.starts_with(kIgnore)) {
      arguments.ignored.emplace_back(word.substr(kIgnore.size()));
    } else if (word.starts_with(kBond)) {
      Add(word, ParseBondArgument(word.substr(kBond.size())), arguments.bonds, arguments);
    } else if (word.starts_with(kVlan)) {
      Add(word, ParseVlanArgument(word.substr(kVlan.size())), arguments.vlans, arguments);
    }
  }
  return arguments;
}

bool MeanLinksByName(const NetworkArguments& arguments) {
  return !arguments.ignored.empty() || !arguments.ip.empty() || !arguments.bonds.empty() ||
         !arguments.vlans.empty();
}

}  // namespace ichor::networkd
