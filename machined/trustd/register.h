// trustd on this machine: its service, and what it shows.
#pragma once

#include <memory>

#include "machined/services/late_services.h"
#include "machined/trustd/secrets.h"

namespace ichor {

// The answer must outlive the runtime's controllers.
std::unique_ptr<TrustdSecrets> RegisterTrustd(Runtime& runtime, Loop& loop,
                                              const base::Clock& clock);

LateService TrustdService();

}  // namespace ichor
