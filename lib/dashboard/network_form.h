// The form that gives a machine without DHCP its network, before it has a config. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/dashboard/keys.h"
#include "lib/dashboard/model.h"

namespace ichor::dashboard {

struct NetworkForm {
  enum Field : std::uint8_t {
    kHostname,
    kDnsServers,
    kTimeServers,
    kInterface,
    kVlan,
    kMode,
    kAddresses,
    kGateway,
    kSave,
    kFields
  };
  static constexpr std::array<std::string_view, kFields> kNames = {
      "Hostname", "DNS Servers", "Time Servers", "Interface", "VLAN ID",
      "Mode",     "Addresses",   "Gateway",      "Save"};

  std::array<std::string, kFields> texts;  // of fields that are typed into
  std::string interface;                   // empty: the first card
  bool is_static = false;
  Field at = kHostname;
  std::string outcome;  // of the last Save
  bool failed = false;  // it was an error
};

// Whether a node may be given its network so: it is in maintenance mode, on metal.
bool TakesNetworkForm(const Model& model);

// The node's network cards, by name.
std::vector<std::string> CardsOf(const Model& model);

// The field of the form as it is shown: what was typed, or the choice.
std::string ShownField(const NetworkForm& form, NetworkForm::Field field, const Model& model);

// What the form says, as META 0x0a has it: a PlatformConfig in YAML. InvalidArgument
// `Gateway: "10.0.0" is no address` names the first field that makes no sense.
absl::StatusOr<std::string> PlatformConfigOf(const NetworkForm& form, const Model& model);

// The form after a key: letters are typed, up, down and enter move, left and right choose.
NetworkForm After(NetworkForm form, const Stroke& stroke, const Model& model);

}  // namespace ichor::dashboard
