// A node for tests.
#pragma once

#include "lib/dashboard/model.h"

namespace ichor::dashboard {

// A node of a control plane that is not ready, with something of everything.
Model BusyNode();

}  // namespace ichor::dashboard
