#include "networkd/link/bond.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"

namespace ichor::networkd {
namespace {

using google::protobuf::FieldDescriptor;
using sys::BondOption;

// As the kernel numbers the modes.
enum Mode : std::uint8_t { kRoundRobin, kActiveBackup, kXor, kBroadcast, k8023Ad, kTlb, kAlb };

constexpr std::uint32_t Only(std::initializer_list<Mode> modes) {
  std::uint32_t mask = 0;
  for (const Mode mode : modes) {
    mask |= 1U << mode;
  }
  return mask;
}

constexpr std::uint32_t kAll = ~0U;
constexpr std::uint32_t kWithArp = Only({kRoundRobin, kActiveBackup, kXor, kBroadcast});
constexpr std::uint32_t kWithPrimary = Only({kActiveBackup, kTlb, kAlb});
constexpr std::uint32_t kForcedMiimon = 100;  // of modes that cannot do without

enum class When : std::uint8_t { kAlways, kDown, kNew };

struct Row {
  BondOption option;
  const char* field;       // of BondMasterSpec
  std::uint32_t fallback;  // the kernel's, where the spec says 0
  std::uint32_t modes;     // that know it, as bits
  When when;
};

constexpr std::array kRows = {
    Row{BondOption::kMode, "mode", 0, kAll, When::kNew},
    Row{BondOption::kMiimon, "mii_mon", 0, kAll, When::kAlways},
    Row{BondOption::kUpDelay, "up_delay", 0, kAll, When::kAlways},
    Row{BondOption::kDownDelay, "down_delay", 0, kAll, When::kAlways},
    Row{BondOption::kUseCarrier, "use_carrier", 1, kAll, When::kAlways},
    Row{BondOption::kArpInterval, "arp_interval", 0, kWithArp, When::kAlways},
    Row{BondOption::kArpValidate, "arp_validate", 0, kWithArp, When::kAlways},
    Row{BondOption::kArpAllTargets, "arp_all_targets", 0, kWithArp, When::kAlways},
    Row{BondOption::kPrimaryReselect, "primary_reselect", 0, kWithPrimary, When::kAlways},
    Row{BondOption::kFailOverMac, "fail_over_mac", 0, Only({kActiveBackup}), When::kNew},
    Row{BondOption::kXmitHashPolicy, "hash_policy", 0, Only({kXor, k8023Ad, kTlb}), When::kAlways},
    Row{BondOption::kResendIgmp, "resend_igmp", 1, kAll, When::kAlways},
    Row{BondOption::kNumPeerNotif, "num_peer_notif", 1, kAll, When::kAlways},
    Row{BondOption::kAllSlavesActive, "all_slaves_active", 0, kAll, When::kAlways},
    Row{BondOption::kMinLinks, "min_links", 0, kAll, When::kAlways},
    Row{BondOption::kLpInterval, "lp_interval", 1, kAll, When::kAlways},
    Row{BondOption::kPacketsPerSlave, "packets_per_slave", 1, Only({kRoundRobin}), When::kAlways},
    Row{BondOption::kLacpRate, "lacp_rate", 0, Only({k8023Ad}), When::kDown},
    Row{BondOption::kAdSelect, "ad_select", 0, Only({k8023Ad}), When::kDown},
    Row{BondOption::kAdActorSysPrio, "ad_actor_sys_prio", 65535, Only({k8023Ad}), When::kDown},
    Row{BondOption::kAdUserPortKey, "ad_user_port_key", 0, Only({k8023Ad}), When::kDown},
    Row{BondOption::kTlbDynamicLb, "tlb_dynamic_lb", 1, Only({kTlb}), When::kDown},
    Row{BondOption::kPeerNotifyDelay, "peer_notify_delay", 0, kAll, When::kAlways},
    Row{BondOption::kLacpActive, "ad_lacp_active", 1, Only({k8023Ad}), When::kDown},
    Row{BondOption::kMissedMax, "missed_max", 2, kWithArp, When::kAlways},
};

const FieldDescriptor& FieldOf(const Row& row) {
  const FieldDescriptor* const field = BondSpec::descriptor()->FindFieldByName(row.field);
  ABSL_CHECK(field != nullptr) << row.field;
  return *field;
}

// What the spec says; nothing if it leaves it open.
std::optional<std::uint32_t> NumberIn(const BondSpec& spec, const Row& row) {
  const FieldDescriptor& field = FieldOf(row);
  const google::protobuf::Reflection& reflection = *spec.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return reflection.GetBool(spec, &field) ? 1 : 0;
  }
  const auto number = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM
                          ? static_cast<std::uint32_t>(reflection.GetEnumValue(spec, &field))
                          : reflection.GetUInt32(spec, &field);
  const bool said = field.has_presence() ? reflection.HasField(spec, &field) : number != 0;
  return said ? std::optional(number) : std::nullopt;
}

void SetNumber(BondSpec& spec, const Row& row, std::uint32_t number) {
  const FieldDescriptor& field = FieldOf(row);
  const google::protobuf::Reflection& reflection = *spec.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&spec, &field, number != 0);
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.SetEnumValue(&spec, &field, static_cast<int>(number));
      return;
    default:
      reflection.SetUInt32(&spec, &field, number);
  }
}

using Targets = std::optional<std::vector<std::string>>;

template <class Addresses>
std::vector<std::string> TargetsOf(const Addresses& addresses) {
  std::vector<std::string> targets;
  targets.reserve(static_cast<std::size_t>(addresses.size()));
  for (const auto& address : addresses) {
    targets.push_back(address.ip());
  }
  return targets;
}

Targets Difference(const Targets& wanted, const Targets& present) {
  const auto sorted = [](const Targets& targets) {
    std::vector<std::string> all = targets.value_or(std::vector<std::string>());
    std::ranges::sort(all);
    return all;
  };
  return sorted(wanted) == sorted(present) ? std::nullopt : wanted;
}

bool HasRowOf(const sys::BondSettings& change, bool (*fits)(When)) {
  return std::ranges::any_of(
      kRows, [&](const Row& row) { return fits(row.when) && change.options.contains(row.option); });
}

}  // namespace

sys::BondSettings WantedBond(const BondSpec& spec,
                             const std::function<std::uint32_t(std::string_view)>& index_of) {
  sys::BondSettings wanted;
  const auto mode = static_cast<std::uint32_t>(spec.mode());
  for (const Row& row : kRows) {
    if ((row.modes & (1U << mode)) != 0) {
      wanted.options[row.option] = NumberIn(spec, row).value_or(row.fallback);
    }
  }
  std::uint32_t& miimon = wanted.options[BondOption::kMiimon];
  if (miimon == 0 && (kWithArp & (1U << mode)) == 0) {
    miimon = kForcedMiimon;
  }
  // The kernel counts delays in looks at the carrier.
  for (const BondOption delay :
       {BondOption::kUpDelay, BondOption::kDownDelay, BondOption::kPeerNotifyDelay}) {
    std::uint32_t& value = wanted.options[delay];
    value = miimon == 0 ? 0 : value / miimon * miimon;
  }
  if ((kWithPrimary & (1U << mode)) != 0 && !spec.primary().empty()) {
    if (const std::uint32_t index = index_of(spec.primary()); index != 0) {
      wanted.options[BondOption::kPrimary] = index;
    }
  }
  if ((kWithArp & (1U << mode)) != 0) {
    wanted.arp_targets = TargetsOf(spec.arp_ip_targets());
    wanted.ns_targets = TargetsOf(spec.ns_ip6_targets());
  }
  return wanted;
}

sys::BondSettings BondDifference(const sys::BondSettings& wanted,
                                 const sys::BondSettings& present) {
  sys::BondSettings change;
  const bool is_new = present.options.empty();
  for (const auto& [option, value] : wanted.options) {
    const auto* const row = std::ranges::find(kRows, option, &Row::option);
    const auto found = present.options.find(option);
    const std::uint32_t now = found != present.options.end() ? found->second
                              : row != kRows.end()           ? row->fallback
                                                             : 0;
    if (now != value || (is_new && option == BondOption::kMode)) {
      change.options[option] = value;
    }
  }
  change.arp_targets = Difference(wanted.arp_targets, present.arp_targets);
  change.ns_targets = Difference(wanted.ns_targets, present.ns_targets);
  return change;
}

bool NeedsBondDown(const sys::BondSettings& change) {
  return HasRowOf(change, [](When when) { return when == When::kDown; });
}

bool NeedsNewBond(const sys::BondSettings& change) {
  return HasRowOf(change, [](When when) { return when == When::kNew; });
}

BondSpec BondStatus(const sys::BondSettings& settings,
                    const std::function<std::string(std::uint32_t)>& name_of) {
  BondSpec spec;
  for (const auto& [option, value] : settings.options) {
    if (option == BondOption::kPrimary) {
      spec.set_primary_index(value);
      spec.set_primary(name_of(value));
    } else if (const auto* const row = std::ranges::find(kRows, option, &Row::option);
               row != kRows.end()) {
      SetNumber(spec, *row, value);
    }
  }
  for (const std::string& target : settings.arp_targets.value_or(std::vector<std::string>())) {
    spec.add_arp_ip_targets()->set_ip(target);
  }
  for (const std::string& target : settings.ns_targets.value_or(std::vector<std::string>())) {
    spec.add_ns_ip6_targets()->set_ip(target);
  }
  return spec;
}

}  // namespace ichor::networkd
