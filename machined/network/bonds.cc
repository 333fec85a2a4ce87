#include "machined/network/bonds.h"

#include <array>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "lib/resource/address_text.h"
#include "lib/resource/set_field.h"

namespace ichor {
namespace {

namespace network = talos::resource::definitions::network;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// One setting by its name in the spec, the document, and the one-document form.
struct Names {
  const char* spec;
  const char* document;
  const char* legacy;  // null: it is not there
};

constexpr std::array kNames = {
    Names{"mode", "bond_mode", "mode"},
    Names{"hash_policy", "xmit_hash_policy", "xmit_hash_policy"},
    Names{"lacp_rate", "lacp_rate", "lacp_rate"},
    Names{"arp_validate", "arp_validate", "arp_validate"},
    Names{"arp_all_targets", "arp_all_targets", "arp_all_targets"},
    Names{"primary_reselect", "primary_reselect", "primary_reselect"},
    Names{"fail_over_mac", "fail_over_mac", "fail_over_mac"},
    Names{"ad_select", "ad_select", "ad_select"},
    Names{"mii_mon", "miimon", "miimon"},
    Names{"up_delay", "updelay", "updelay"},
    Names{"down_delay", "downdelay", "downdelay"},
    Names{"arp_interval", "arp_interval", "arp_interval"},
    Names{"resend_igmp", "resend_igmp", "resend_igmp"},
    Names{"min_links", "min_links", "min_links"},
    Names{"lp_interval", "lp_interval", "lp_interval"},
    Names{"packets_per_slave", "packets_per_slave", "packets_per_slave"},
    Names{"num_peer_notif", "num_peer_notif", "num_peer_notif"},
    Names{"tlb_dynamic_lb", "tlb_logical_lb", "tlb_dynamic_lb"},
    Names{"all_slaves_active", "all_slaves_active", "all_slaves_active"},
    Names{"ad_actor_sys_prio", "ad_actor_sys_prio", "ad_actor_sys_prio"},
    Names{"ad_user_port_key", "ad_user_port_key", "ad_user_port_key"},
    Names{"peer_notify_delay", "peer_notif_delay", "peer_notify_delay"},
    Names{"ad_lacp_active", "ad_lacp_active", nullptr},
    Names{"missed_max", "missed_max", nullptr},
};

// A number or a word as text; empty if it is not there.
std::string TextOf(const Message& message, const std::string& name) {
  const FieldDescriptor& field = *message.GetDescriptor()->FindFieldByName(name);
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!reflection.HasField(message, &field)) {
    return "";
  }
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING
             ? reflection.GetString(message, &field)
             : std::to_string(reflection.GetUInt32(message, &field));
}

void Copy(const Message& from, const char* Names::* form, network::BondMasterSpec& bond) {
  for (const Names& names : kNames) {
    if (names.*form == nullptr) {
      continue;
    }
    if (const std::string text = TextOf(from, names.*form); !text.empty()) {
      SetField(bond, names.spec, text);
    }
  }
}

template <class Targets, class Add>
void CopyTargets(const Targets& from, const Add& add) {
  for (const std::string& text : from) {
    if (const auto address = ParseNetIP(text); address.has_value() && !address->ip().empty()) {
      *add() = *address;
    }
  }
}

// What only the names differ in.
template <class Bond>
network::BondMasterSpec Common(const Bond& from, const char* Names::* form) {
  network::BondMasterSpec bond;
  Copy(from, form, bond);
  bond.set_use_carrier(!from.has_use_carrier() || from.use_carrier());
  bond.set_primary(from.primary());
  return bond;
}

}  // namespace

network::BondMasterSpec ConfiguredBond(const config::v1alpha1::BondConfig& bond) {
  network::BondMasterSpec spec = Common(bond, &Names::document);
  CopyTargets(bond.arp_ip_targets(), [&spec] { return spec.add_arp_ip_targets(); });
  CopyTargets(bond.ns_ip6_targets(), [&spec] { return spec.add_ns_ip6_targets(); });
  return spec;
}

network::BondMasterSpec ConfiguredBond(const config::v1alpha1::LegacyBond& bond) {
  network::BondMasterSpec spec = Common(bond, &Names::legacy);
  CopyTargets(bond.arp_ip_target(), [&spec] { return spec.add_arp_ip_targets(); });
  return spec;
}

}  // namespace ichor
