#include "networkd/ethernet/apply.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/link/names.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using network::EthernetSpec;
using network::EthernetStatus;
using sys::EthernetSetting;

// A number by its field in the messages, and the field of its maximum.
struct Place {
  EthernetSetting setting;
  bool of_rings;
  const char* field;
  const char* most;  // null: none is shown
};
constexpr std::array kPlaces = {
    Place{EthernetSetting::kRingRx, true, "rx", "rx_max"},
    Place{EthernetSetting::kRingRxMini, true, "rx_mini", "rx_mini_max"},
    Place{EthernetSetting::kRingRxJumbo, true, "rx_jumbo", "rx_jumbo_max"},
    Place{EthernetSetting::kRingTx, true, "tx", "tx_max"},
    Place{EthernetSetting::kRingRxBufferBytes, true, "rx_buf_len", nullptr},
    Place{EthernetSetting::kRingCompletionBytes, true, "cqe_size", nullptr},
    Place{EthernetSetting::kRingTxPush, true, "tx_push", nullptr},
    Place{EthernetSetting::kRingRxPush, true, "rx_push", nullptr},
    Place{EthernetSetting::kRingTxPushBufferBytes, true, "tx_push_buf_len", "tx_push_buf_len_max"},
    Place{EthernetSetting::kRingTcpDataSplit, true, "tcp_data_split", nullptr},
    Place{EthernetSetting::kChannelRx, false, "rx", "rx_max"},
    Place{EthernetSetting::kChannelTx, false, "tx", "tx_max"},
    Place{EthernetSetting::kChannelOther, false, "other", "other_max"},
    Place{EthernetSetting::kChannelCombined, false, "combined", "combined_max"},
};

// What a card wakes on, by the kernel's words.
struct WakeWord {
  enums::NethelpersWOLMode mode;
  const char* word;
};
constexpr std::array kWakeWords = {
    WakeWord{enums::WOL_MODE_PHY, "phy"},
    WakeWord{enums::WOL_MODE_UNICAST, "ucast"},
    WakeWord{enums::WOL_MODE_MULTICAST, "mcast"},
    WakeWord{enums::WOL_MODE_BROADCAST, "bcast"},
    WakeWord{enums::WOL_MODE_MAGIC, "magic"},
    WakeWord{enums::WOL_MODE_MAGIC_SECURE, "magicsecure"},
    WakeWord{enums::WOL_MODE_FILTER, "filter"},
};

const FieldDescriptor& FieldOf(const Message& message, const char* name) {
  return *message.GetDescriptor()->FindFieldByName(name);
}

std::uint32_t NumberIn(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  return field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL
             ? static_cast<std::uint32_t>(reflection.GetBool(message, &field))
             : reflection.GetUInt32(message, &field);
}

void SetNumber(Message& message, const char* name, std::uint32_t number) {
  const FieldDescriptor& field = FieldOf(message, name);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    message.GetReflection()->SetBool(&message, &field, number != 0);
  } else {
    message.GetReflection()->SetUInt32(&message, &field, number);
  }
}

std::string TextOf(const sys::EthernetFeature& feature) {
  std::string text = feature.active ? "on" : "off";
  if (feature.fixed) {
    text += " [fixed]";
  } else if (feature.active != feature.wanted) {
    text += feature.wanted ? " [requested on]" : " [requested off]";
  }
  return text;
}

void AddNumbers(const sys::EthernetState& state, EthernetStatus::Spec& status) {
  for (const Place& place : kPlaces) {
    const auto now = state.now.find(place.setting);
    const auto most = state.most.find(place.setting);
    if (now == state.now.end() && most == state.most.end()) {
      continue;
    }
    Message& message = place.of_rings ? static_cast<Message&>(*status.mutable_rings())
                                      : static_cast<Message&>(*status.mutable_channels());
    if (now != state.now.end()) {
      SetNumber(message, place.field, now->second);
    }
    if (most != state.most.end() && place.most != nullptr) {
      SetNumber(message, place.most, most->second);
    }
  }
}

bool IsShown(const network::LinkStatus::Spec& link, const std::string& name,
             const All<EthernetSpec>& desired) {
  return IsPhysical(link) || desired.find(name) != desired.end();
}

}  // namespace

sys::EthernetChange PlanEthernet(const EthernetSpec::Spec& desired,
                                 const sys::EthernetState& state) {
  sys::EthernetChange change;
  for (const Place& place : kPlaces) {
    const Message& message = place.of_rings ? static_cast<const Message&>(desired.rings())
                                            : static_cast<const Message&>(desired.channels());
    const FieldDescriptor& field = FieldOf(message, place.field);
    if (!message.GetReflection()->HasField(message, &field)) {
      continue;
    }
    const std::uint32_t number = NumberIn(message, field);
    const auto now = state.now.find(place.setting);
    if (now == state.now.end() || now->second != number) {
      change.settings[place.setting] = number;
    }
  }
  for (const auto& [name, on] : desired.features()) {
    const auto feature = state.features.find(name);
    if (feature == state.features.end() || feature->second.active != on) {
      change.features[name] = on;
    }
  }
  std::vector<std::string> wake;
  for (const WakeWord& word : kWakeWords) {
    if (std::ranges::contains(desired.wake_on_lan(), static_cast<int>(word.mode))) {
      wake.emplace_back(word.word);
    }
  }
  std::ranges::sort(wake);
  if (!wake.empty() && wake != state.wakes_on) {
    change.wake_on = std::move(wake);
  }
  return change;
}

EthernetStatus::Spec ToStatus(const sys::EthernetState& state) {
  EthernetStatus::Spec status;
  if (state.link.has_value()) {
    status.set_link_state(*state.link);
  }
  status.set_speed_megabits(state.speed_megabits.value_or(0));
  status.set_port(static_cast<enums::NethelpersPort>(state.port.value_or(enums::OTHER)));
  status.set_duplex(static_cast<enums::NethelpersDuplex>(state.duplex.value_or(enums::UNKNOWN)));
  status.mutable_our_modes()->Assign(state.our_modes.begin(), state.our_modes.end());
  status.mutable_peer_modes()->Assign(state.peer_modes.begin(), state.peer_modes.end());
  AddNumbers(state, status);
  for (const auto& [name, feature] : state.features) {
    auto& row = *status.add_features();
    row.set_name(name);
    row.set_status(TextOf(feature));
  }
  for (const WakeWord& word : kWakeWords) {
    if (std::ranges::contains(state.wakes_on, word.word)) {
      status.add_wake_on_lan(word.mode);
    }
  }
  return status;
}

Report<EthernetStatus> ApplyEthernet(const All<EthernetSpec>& desired,
                                     const All<network::LinkStatus>& links,
                                     sys::Ethernet& ethernet) {
  Report<EthernetStatus> report;
  auto states = ethernet.Read();
  std::map<std::string, absl::Status> refused;
  bool changed = false;
  for (const auto& row : desired) {
    const auto link = links.find(row.id());
    if (link == links.end() || !states.ok()) {
      continue;
    }
    const sys::EthernetChange change = PlanEthernet(row.spec(), (*states)[link->spec().index()]);
    if (change.IsEmpty()) {
      continue;
    }
    changed = true;
    if (absl::Status status = ethernet.Change(link->spec().index(), change); !status.ok()) {
      base::LogLine(base::Severity::kError, base::MessageOf(status));
      refused[row.id()] = std::move(status);
    }
  }
  if (changed) {
    states = ethernet.Read();
  }
  for (const auto& link : links) {
    if (!IsShown(link.spec(), link.id(), desired)) {
      continue;
    }
    EthernetStatus::Spec status =
        states.ok() ? ToStatus((*states)[link.spec().index()]) : EthernetStatus::Spec();
    const auto failed = refused.find(link.id());
    if (!states.ok() || failed != refused.end()) {
      report.AddFailed(link.id(), std::move(status),
                       states.ok() ? failed->second : states.status());
    } else {
      report.Add(link.id(), std::move(status));
    }
  }
  return report;
}

}  // namespace ichor::networkd
