// What an event of a node says.
#pragma once

#include <optional>
#include <string>

#include "machine/machine.pb.h"

namespace ichor::ctl {

struct EventText {
  std::string type;     // "machine.SequenceEvent"
  std::string source;   // of what it tells: "boot", "kubelet"
  std::string message;  // "start"
};

// Nothing for an event of another kind.
std::optional<EventText> TextOf(const machine::Event& event);

}  // namespace ichor::ctl
