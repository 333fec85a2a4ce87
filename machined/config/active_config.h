// The machine config as the rooms of machined read it.
#pragma once

#include <optional>

#include "lib/config/config.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"

namespace ichor {

// The config that is in force: what the row "v1alpha1" says; nothing while there is none. Readers
// of the same text share one parse. Any thread.
std::optional<config::Config> ActiveConfig(const All<config::MachineConfig>& configs);

}  // namespace ichor
