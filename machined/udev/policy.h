// The rules of udev that the config gives.
#pragma once

#include <string>

#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"

namespace ichor {

// The text of a rules file: those of `machine.udev.rules`, then those of UdevRulesConfig, one a
// line; empty if there are none.
std::string UdevRules(const All<config::MachineConfig>& configs);

}  // namespace ichor
