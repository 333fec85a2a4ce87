// The etcd room: wiring.
#pragma once

#include <string>

#include "lib/runtime/runtime.h"

namespace ichor {

// Registers what derives etcd's settings, and what writes its certificates below `secrets`
// ("/system/secrets").
void RegisterEtcd(Runtime& runtime, const std::string& secrets);

}  // namespace ichor
