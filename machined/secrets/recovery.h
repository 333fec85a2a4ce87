// Who may repair a node whose config cannot be read any more.
#pragma once

#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/meta/store.h"
#include "machined/secrets/api_secrets.h"

namespace ichor {

// Of META: certificates of the CAs, in PEM, that the accepted config lets clients in with. A key of
// ours: Talos' own end at 0x11.
inline constexpr std::uint8_t kRecoveryCasKey = 0xa0;

// Keeps them in META while the node is configured, and hands them to `secrets` when it lost its
// config. All must outlive the runtime's controllers.
void RegisterRecovery(Runtime& runtime, Loop& loop, MetaStore& meta, ApiSecrets& secrets);

}  // namespace ichor
