#include "lib/dashboard/network_form.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "lib/base/status.h"
#include "lib/resource/address_prefix.h"
#include "lib/resource/address_text.h"
#include "lib/resource/yaml.h"

namespace ichor::dashboard {
namespace {

namespace enums = talos::resource::definitions::enums;
namespace definitions = talos::resource::definitions::network;
using Config = network::PlatformConfig::Spec;
using Field = NetworkForm::Field;

constexpr std::size_t kLongestText = 256;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestName = 253;
constexpr std::uint32_t kMaxVlan = 4094;
constexpr std::uint32_t kMetric = 1024;
constexpr std::size_t kLongestLink = 15;
constexpr std::size_t kV4Bytes = 4;

absl::Status Wrong(Field field, const std::string& message) {
  return absl::InvalidArgumentError(std::format("{}: {}", NetworkForm::kNames[field], message));
}

std::vector<std::string> Words(const std::string& text) {
  return absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty());
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
         });
}

bool IsName(const std::string& name) {
  const std::vector<std::string> labels = absl::StrSplit(name, '.');
  return name.size() <= kLongestName && std::ranges::all_of(labels, IsLabel);
}

enums::NethelpersFamily FamilyOf(const std::string& bytes) {
  return bytes.size() == kV4Bytes ? enums::FAMILY_INET4 : enums::FAMILY_INET6;
}

absl::Status AddNames(const NetworkForm& form, Config& config) {
  if (const std::string& name = form.texts[NetworkForm::kHostname]; !name.empty()) {
    if (!IsName(name)) {
      return Wrong(NetworkForm::kHostname, std::format("\"{}\" is no hostname", name));
    }
    definitions::HostnameSpecSpec& wish = *config.add_hostnames();
    const std::size_t dot = name.find('.');
    wish.set_hostname(name.substr(0, dot));
    wish.set_domainname(dot == std::string::npos ? "" : name.substr(dot + 1));
    wish.set_config_layer(enums::CONFIG_PLATFORM);
  }
  definitions::ResolverSpecSpec resolvers;
  for (const std::string& word : Words(form.texts[NetworkForm::kDnsServers])) {
    const auto address = ParseNetIP(word);
    if (!address.has_value()) {
      return Wrong(NetworkForm::kDnsServers, std::format("\"{}\" is no address", word));
    }
    *resolvers.add_dns_servers() = *address;
  }
  if (!resolvers.dns_servers().empty()) {
    resolvers.set_config_layer(enums::CONFIG_PLATFORM);
    *config.add_resolvers() = std::move(resolvers);
  }
  definitions::TimeServerSpecSpec servers;
  for (const std::string& word : Words(form.texts[NetworkForm::kTimeServers])) {
    if (!ParseNetIP(word).has_value() && !IsName(word)) {
      return Wrong(NetworkForm::kTimeServers,
                   std::format("\"{}\" is neither a name nor an address", word));
    }
    servers.add_ntp_servers(word);
  }
  if (!servers.ntp_servers().empty()) {
    servers.set_config_layer(enums::CONFIG_PLATFORM);
    *config.add_time_servers() = std::move(servers);
  }
  return absl::OkStatus();
}

definitions::LinkSpecSpec& AddLink(const std::string& name, Config& config) {
  definitions::LinkSpecSpec& link = *config.add_links();
  link.set_name(name);
  link.set_up(true);
  link.set_type(enums::LINK_ETHER);
  link.set_config_layer(enums::CONFIG_PLATFORM);
  return link;
}

// Adds the card, and the VLAN on it; returns the name of the one that is to have addresses.
absl::StatusOr<std::string> AddLinks(const NetworkForm& form, const Model& model, Config& config) {
  std::string card = ShownField(form, NetworkForm::kInterface, model);
  if (card.empty()) {
    return Wrong(NetworkForm::kInterface, "this machine has no network card");
  }
  AddLink(card, config);
  const std::string& text = form.texts[NetworkForm::kVlan];
  if (text.empty()) {
    return card;
  }
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || id == 0 || id > kMaxVlan) {
    return Wrong(NetworkForm::kVlan,
                 std::format("\"{}\" is no number from 1 to {}", text, kMaxVlan));
  }
  std::string name = std::format("{}.{}", card, id);
  if (name.size() > kLongestLink) {
    name = std::format("vlan{}", id);
  }
  definitions::LinkSpecSpec& vlan = AddLink(name, config);
  vlan.set_logical(true);
  vlan.set_kind("vlan");
  vlan.set_parent_name(card);
  vlan.mutable_vlan()->set_vid(id);
  vlan.mutable_vlan()->set_protocol(enums::VLAN_PROTOCOL8021_Q);
  return name;
}

void AddDhcp(const std::string& link, Config& config) {
  definitions::OperatorSpecSpec& spec = *config.add_operators();
  spec.set_operator_(enums::OPERATOR_DHCP4);
  spec.set_link_name(link);
  spec.set_require_up(true);
  spec.mutable_dhcp4()->set_route_metric(kMetric);
  spec.mutable_dhcp4()->mutable_client_identifier()->set_client_identifier(
      enums::CLIENT_IDENTIFIER_MAC);
  spec.set_config_layer(enums::CONFIG_PLATFORM);
}

absl::Status AddAddresses(const NetworkForm& form, const std::string& link, Config& config) {
  for (const std::string& word : Words(form.texts[NetworkForm::kAddresses])) {
    const auto prefix = ParseNetIPPrefix(word);
    if (!prefix.has_value() || prefix->ip().empty()) {
      return Wrong(NetworkForm::kAddresses,
                   std::format("\"{}\" is no address with a length, such as 10.0.0.5/24", word));
    }
    definitions::AddressSpecSpec& address = *config.add_addresses();
    *address.mutable_address() = *prefix;
    address.set_link_name(link);
    address.set_family(FamilyOf(prefix->ip()));
    address.set_scope(enums::SCOPE_GLOBAL);
    address.set_flags(enums::ADDRESS_PERMANENT);
    address.set_config_layer(enums::CONFIG_PLATFORM);
  }
  return config.addresses().empty() ? Wrong(NetworkForm::kAddresses, "there must be one at least")
                                    : absl::OkStatus();
}

absl::Status AddGateway(const NetworkForm& form, const std::string& link, Config& config) {
  const std::string& text = form.texts[NetworkForm::kGateway];
  if (text.empty()) {
    return absl::OkStatus();
  }
  const auto gateway = ParseNetIP(text);
  if (!gateway.has_value()) {
    return Wrong(NetworkForm::kGateway, std::format("\"{}\" is no address", text));
  }
  const bool reached = std::ranges::any_of(config.addresses(), [&](const auto& address) {
    return IsIn(gateway->ip(), address.address());
  });
  if (!reached && !gateway->ip().starts_with("\xfe\x80")) {
    return Wrong(NetworkForm::kGateway, std::format("{} is in no subnet of the addresses", text));
  }
  definitions::RouteSpecSpec& route = *config.add_routes();
  route.set_family(FamilyOf(gateway->ip()));
  *route.mutable_gateway() = *gateway;
  route.set_out_link_name(link);
  route.set_table(enums::TABLE_MAIN);
  route.set_priority(kMetric);
  route.set_type(enums::TYPE_UNICAST);
  route.set_protocol(enums::PROTOCOL_STATIC);
  route.set_config_layer(enums::CONFIG_PLATFORM);
  return absl::OkStatus();
}

bool IsTyped(Field field) {
  return field != NetworkForm::kInterface && field != NetworkForm::kMode &&
         field != NetworkForm::kSave;
}

Field Moved(Field field, int step) {
  return static_cast<Field>(
      std::clamp(static_cast<int>(field) + step, 0, static_cast<int>(NetworkForm::kSave)));
}

void Choose(NetworkForm& form, const Model& model, std::ptrdiff_t step) {
  if (form.at == NetworkForm::kMode) {
    form.is_static = !form.is_static;
  }
  const std::vector<std::string> cards = CardsOf(model);
  if (form.at != NetworkForm::kInterface || cards.empty()) {
    return;
  }
  const auto now =
      std::ranges::find(cards, ShownField(form, NetworkForm::kInterface, model)) - cards.begin();
  const auto count = static_cast<std::ptrdiff_t>(cards.size());
  form.interface = cards[static_cast<std::size_t>((now + step + count) % count)];
}

}  // namespace

bool TakesNetworkForm(const Model& model) {
  const auto status = model.status.find("machine");
  const auto platform = model.platforms.find("platformmetadata");
  return status != model.status.end() && platform != model.platforms.end() &&
         status->second.stage() == enums::MACHINE_STAGE_MAINTENANCE &&
         platform->second.platform() == "metal";
}

std::vector<std::string> CardsOf(const Model& model) {
  std::vector<std::string> cards;
  for (const auto& [name, link] : model.links) {
    if (link.type() == enums::LINK_ETHER && link.kind().empty()) {
      cards.push_back(name);
    }
  }
  return cards;
}

std::string ShownField(const NetworkForm& form, Field field, const Model& model) {
  if (field == NetworkForm::kMode) {
    return form.is_static ? "Static" : "DHCP";
  }
  if (field != NetworkForm::kInterface) {
    return form.texts[field];
  }
  const std::vector<std::string> cards = CardsOf(model);
  if (std::ranges::contains(cards, form.interface)) {
    return form.interface;
  }
  return cards.empty() ? "" : cards.front();
}

absl::StatusOr<std::string> PlatformConfigOf(const NetworkForm& form, const Model& model) {
  Config config;
  RETURN_IF_ERROR(AddNames(form, config));
  ASSIGN_OR_RETURN(const std::string link, AddLinks(form, model, config));
  if (form.is_static) {
    RETURN_IF_ERROR(AddAddresses(form, link, config));
    RETURN_IF_ERROR(AddGateway(form, link, config));
  } else {
    AddDhcp(link, config);
  }
  return ToYaml(config);
}

NetworkForm After(NetworkForm form, const Stroke& stroke, const Model& model) {
  switch (stroke.key) {
    case Key::kLetter:
      if (IsTyped(form.at) && form.texts[form.at].size() < kLongestText) {
        form.texts[form.at] += stroke.letter;
      } else if (!IsTyped(form.at) && stroke.letter == ' ') {
        Choose(form, model, 1);
      }
      break;
    case Key::kErase:
      if (!form.texts[form.at].empty()) {
        form.texts[form.at].pop_back();
      }
      break;
    case Key::kUp:
      form.at = Moved(form.at, -1);
      break;
    case Key::kDown:
    case Key::kEnter:
      form.at = Moved(form.at, 1);
      break;
    case Key::kLeft:
      Choose(form, model, -1);
      break;
    case Key::kRight:
      Choose(form, model, 1);
      break;
    default:
      break;
  }
  return form;
}

}  // namespace ichor::dashboard
