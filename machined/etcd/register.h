// The etcd room: wiring.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/runtime/runtime.h"
#include "machined/etcd/life.h"
#include "machined/services/late_services.h"

namespace ichor {

// Registers what derives etcd's settings and what is to run of it, and what writes its certificates
// below `secrets` ("/system/secrets"). The answer must outlive the runtime's controllers.
std::unique_ptr<EtcdLife> RegisterEtcd(EtcdLife::Parts parts, const std::string& secrets);

// What runs of it.
LateService EtcdService();

// What a machined that crashed leaves to the next one.
std::vector<Kind> EtcdCheckpointKinds();

}  // namespace ichor
