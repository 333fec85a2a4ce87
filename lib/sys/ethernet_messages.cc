#include "lib/sys/ethernet_messages.h"

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "lib/sys/netlink_attributes.h"

namespace ichor::sys {
namespace {

// Every reply and request has its header there.
constexpr std::uint16_t kHeader = 1;

// How a number stands in a message.
enum class Form : std::uint8_t { kNumber, kByte, kSwitch };  // a switch: 1 off, 2 on
struct Place {
  EthernetSetting setting;
  std::uint8_t command;  // that sets it
  std::uint16_t now;
  std::uint16_t most;  // 0: none is told
  Form form = Form::kNumber;
};

constexpr std::array kPlaces = {
    Place{EthernetSetting::kRingRx, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_RX,
          ETHTOOL_A_RINGS_RX_MAX},
    Place{EthernetSetting::kRingRxMini, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_RX_MINI,
          ETHTOOL_A_RINGS_RX_MINI_MAX},
    Place{EthernetSetting::kRingRxJumbo, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_RX_JUMBO,
          ETHTOOL_A_RINGS_RX_JUMBO_MAX},
    Place{EthernetSetting::kRingTx, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_TX,
          ETHTOOL_A_RINGS_TX_MAX},
    Place{EthernetSetting::kRingRxBufferBytes, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_RX_BUF_LEN,
          0},
    Place{EthernetSetting::kRingCompletionBytes, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_CQE_SIZE,
          0},
    Place{EthernetSetting::kRingTxPush, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_TX_PUSH, 0,
          Form::kByte},
    Place{EthernetSetting::kRingRxPush, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_RX_PUSH, 0,
          Form::kByte},
    Place{EthernetSetting::kRingTxPushBufferBytes, ETHTOOL_MSG_RINGS_SET,
          ETHTOOL_A_RINGS_TX_PUSH_BUF_LEN, ETHTOOL_A_RINGS_TX_PUSH_BUF_LEN_MAX},
    Place{EthernetSetting::kRingTcpDataSplit, ETHTOOL_MSG_RINGS_SET, ETHTOOL_A_RINGS_TCP_DATA_SPLIT,
          0, Form::kSwitch},
    Place{EthernetSetting::kChannelRx, ETHTOOL_MSG_CHANNELS_SET, ETHTOOL_A_CHANNELS_RX_COUNT,
          ETHTOOL_A_CHANNELS_RX_MAX},
    Place{EthernetSetting::kChannelTx, ETHTOOL_MSG_CHANNELS_SET, ETHTOOL_A_CHANNELS_TX_COUNT,
          ETHTOOL_A_CHANNELS_TX_MAX},
    Place{EthernetSetting::kChannelOther, ETHTOOL_MSG_CHANNELS_SET, ETHTOOL_A_CHANNELS_OTHER_COUNT,
          ETHTOOL_A_CHANNELS_OTHER_MAX},
    Place{EthernetSetting::kChannelCombined, ETHTOOL_MSG_CHANNELS_SET,
          ETHTOOL_A_CHANNELS_COMBINED_COUNT, ETHTOOL_A_CHANNELS_COMBINED_MAX},
};

std::uint32_t NumberOf(const nlattr& attribute) {
  std::uint32_t number = 0;
  const std::size_t size = mnl_attr_get_payload_len(&attribute);
  std::memcpy(&number, mnl_attr_get_payload(&attribute), std::min(size, sizeof(number)));
  return number;
}

std::string TextOf(const nlattr& attribute) {
  const std::string text(static_cast<const char*>(mnl_attr_get_payload(&attribute)),
                         mnl_attr_get_payload_len(&attribute));
  return text.substr(0, text.find('\0'));
}

// The names of a set's bits: of those that are on, or that it names at all.
std::set<std::string> BitsOf(const nlattr& set, bool named = false) {
  std::set<std::string> names;
  const auto add = [&](const nlattr& bit, std::uint16_t /*type*/) {
    std::string name;
    bool on = named;
    ForEachAttribute(bit, [&](const nlattr& attribute, std::uint16_t type) {
      if (type == ETHTOOL_A_BITSET_BIT_NAME) {
        name = TextOf(attribute);
      }
      on = on || type == ETHTOOL_A_BITSET_BIT_VALUE;
    });
    if (on && !name.empty()) {
      names.insert(name);
    }
  };
  bool list = false;  // no mask: each bit that is named is on
  ForEachAttribute(set, [&](const nlattr& attribute, std::uint16_t type) {
    list = list || type == ETHTOOL_A_BITSET_NOMASK;
    if (type == ETHTOOL_A_BITSET_BITS) {
      named = named || list;
      ForEachAttribute(attribute, add);
    }
  });
  return names;
}

std::uint32_t LinkOf(const nlmsghdr& message) {
  std::uint32_t link = 0;
  ForEachAttribute(message, [&link](const nlattr& header, std::uint16_t type) {
    if (type == kHeader) {
      ForEachAttribute(header, [&link](const nlattr& attribute, std::uint16_t inner) {
        link = inner == ETHTOOL_A_HEADER_DEV_INDEX ? NumberOf(attribute) : link;
      });
    }
  });
  return link;
}

void AddSettings(const nlmsghdr& message, std::uint8_t command, EthernetState& state) {
  ForEachAttribute(message, [&](const nlattr& attribute, std::uint16_t type) {
    for (const Place& place : kPlaces) {
      const std::uint32_t number = NumberOf(attribute);
      if (place.command != command) {
        continue;
      }
      if (place.most != 0 && place.most == type) {
        state.most[place.setting] = number;
      } else if (place.now == type && place.form != Form::kSwitch) {
        state.now[place.setting] = number;
      } else if (place.now == type && number != 0) {
        state.now[place.setting] = number - 1;
      }
    }
  });
}

void AddFeatures(const nlmsghdr& message, EthernetState& state) {
  std::set<std::string> changeable;
  std::set<std::string> wanted;
  std::set<std::string> active;
  std::set<std::string> unchangeable;
  ForEachAttribute(message, [&](const nlattr& set, std::uint16_t type) {
    if (type == ETHTOOL_A_FEATURES_HW) {
      changeable = BitsOf(set);
    } else if (type == ETHTOOL_A_FEATURES_WANTED) {
      wanted = BitsOf(set);
    } else if (type == ETHTOOL_A_FEATURES_ACTIVE) {
      active = BitsOf(set);
    } else if (type == ETHTOOL_A_FEATURES_NOCHANGE) {
      unchangeable = BitsOf(set);
    }
  });
  for (const std::set<std::string>* names : {&changeable, &wanted, &active, &unchangeable}) {
    for (const std::string& name : *names) {
      state.features[name] = {.active = active.contains(name),
                              .wanted = wanted.contains(name),
                              .fixed = !changeable.contains(name) || unchangeable.contains(name)};
    }
  }
}

void AddModes(const nlmsghdr& message, EthernetState& state) {
  ForEachAttribute(message, [&](const nlattr& attribute, std::uint16_t type) {
    constexpr std::uint32_t kUnknown = 0xffffffff;
    if (type == ETHTOOL_A_LINKMODES_SPEED && NumberOf(attribute) != kUnknown) {
      state.speed_megabits = NumberOf(attribute);
    } else if (type == ETHTOOL_A_LINKMODES_DUPLEX) {
      state.duplex = static_cast<std::uint8_t>(NumberOf(attribute));
    } else if (type == ETHTOOL_A_LINKMODES_OURS) {
      const std::set<std::string> modes = BitsOf(attribute);
      state.our_modes.assign(modes.begin(), modes.end());
    } else if (type == ETHTOOL_A_LINKMODES_PEER) {
      const std::set<std::string> modes = BitsOf(attribute);
      state.peer_modes.assign(modes.begin(), modes.end());
    }
  });
}

void AddRest(const nlmsghdr& message, std::uint8_t command, EthernetState& state) {
  ForEachAttribute(message, [&](const nlattr& attribute, std::uint16_t type) {
    if (command == ETHTOOL_MSG_LINKSTATE_GET_REPLY && type == ETHTOOL_A_LINKSTATE_LINK) {
      state.link = NumberOf(attribute) != 0;
    } else if (command == ETHTOOL_MSG_LINKINFO_GET_REPLY && type == ETHTOOL_A_LINKINFO_PORT) {
      state.port = static_cast<std::uint8_t>(NumberOf(attribute));
    } else if (command == ETHTOOL_MSG_WOL_GET_REPLY && type == ETHTOOL_A_WOL_MODES) {
      const std::set<std::string> modes = BitsOf(attribute);
      state.wakes_on.assign(modes.begin(), modes.end());
    }
  });
}

void PutHeader(nlmsghdr& message, std::uint8_t command, std::uint32_t link) {
  PutGenericHeader(message, command, ETHTOOL_GENL_VERSION);
  nlattr* const header = mnl_attr_nest_start(&message, kHeader);
  if (link != 0) {
    mnl_attr_put_u32(&message, ETHTOOL_A_HEADER_DEV_INDEX, link);
  }
  mnl_attr_put_u32(&message, ETHTOOL_A_HEADER_FLAGS, link == 0 ? 0 : ETHTOOL_FLAG_OMIT_REPLY);
  mnl_attr_nest_end(&message, header);
}

void PutBit(nlmsghdr& message, const std::string& name, bool on) {
  nlattr* const bit = mnl_attr_nest_start(&message, ETHTOOL_A_BITSET_BITS_BIT);
  mnl_attr_put_strz(&message, ETHTOOL_A_BITSET_BIT_NAME, name.c_str());
  if (on) {
    mnl_attr_put(&message, ETHTOOL_A_BITSET_BIT_VALUE, 0, nullptr);
  }
  mnl_attr_nest_end(&message, bit);
}

}  // namespace

void FillEthernetRequest(nlmsghdr& message, std::uint8_t command) {
  PutHeader(message, command, 0);
}

void AddEthernetPart(const nlmsghdr& message, std::map<std::uint32_t, EthernetState>& links) {
  if (mnl_nlmsg_get_payload_len(&message) < sizeof(genlmsghdr)) {
    return;
  }
  const std::uint8_t command = static_cast<const genlmsghdr*>(mnl_nlmsg_get_payload(&message))->cmd;
  const std::uint32_t link = LinkOf(message);
  if (link == 0) {
    return;
  }
  EthernetState& state = links[link];
  if (command == ETHTOOL_MSG_RINGS_GET_REPLY) {
    AddSettings(message, ETHTOOL_MSG_RINGS_SET, state);
  } else if (command == ETHTOOL_MSG_CHANNELS_GET_REPLY) {
    AddSettings(message, ETHTOOL_MSG_CHANNELS_SET, state);
  } else if (command == ETHTOOL_MSG_FEATURES_GET_REPLY) {
    AddFeatures(message, state);
  } else if (command == ETHTOOL_MSG_LINKMODES_GET_REPLY) {
    AddModes(message, state);
  } else {
    AddRest(message, command, state);
  }
}

bool HasEthernetSettings(std::uint8_t command, const EthernetSettings& settings) {
  return std::ranges::any_of(kPlaces, [&](const Place& place) {
    return place.command == command && settings.contains(place.setting);
  });
}

void FillEthernetSettings(nlmsghdr& message, std::uint8_t command, std::uint32_t link,
                          const EthernetSettings& settings) {
  PutHeader(message, command, link);
  for (const Place& place : kPlaces) {
    const auto setting = settings.find(place.setting);
    if (place.command != command || setting == settings.end()) {
      continue;
    }
    if (place.form == Form::kNumber) {
      mnl_attr_put_u32(&message, place.now, setting->second);
    } else {
      const std::uint32_t first = place.form == Form::kSwitch ? 1 : 0;
      mnl_attr_put_u8(&message, place.now,
                      static_cast<std::uint8_t>(first + (setting->second != 0 ? 1 : 0)));
    }
  }
}

void FillEthernetFeatures(nlmsghdr& message, std::uint32_t link,
                          const std::map<std::string, bool>& features) {
  PutHeader(message, ETHTOOL_MSG_FEATURES_SET, link);
  nlattr* const set = mnl_attr_nest_start(&message, ETHTOOL_A_FEATURES_WANTED);
  nlattr* const bits = mnl_attr_nest_start(&message, ETHTOOL_A_BITSET_BITS);
  for (const auto& [name, on] : features) {
    PutBit(message, name, on);
  }
  mnl_attr_nest_end(&message, bits);
  mnl_attr_nest_end(&message, set);
}

void FillEthernetWake(nlmsghdr& message, std::uint32_t link,
                      const std::vector<std::string>& modes) {
  PutHeader(message, ETHTOOL_MSG_WOL_SET, link);
  nlattr* const set = mnl_attr_nest_start(&message, ETHTOOL_A_WOL_MODES);
  mnl_attr_put(&message, ETHTOOL_A_BITSET_NOMASK, 0, nullptr);
  nlattr* const bits = mnl_attr_nest_start(&message, ETHTOOL_A_BITSET_BITS);
  for (const std::string& mode : modes) {
    PutBit(message, mode, true);
  }
  mnl_attr_nest_end(&message, bits);
  mnl_attr_nest_end(&message, set);
}

}  // namespace ichor::sys
