// Layered configuration: wishes of several layers in namespace network-config become one desired
// row in namespace network.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// A type's rows in namespace network-config.
template <class T>
using Wished = InNamespace<T, "network-config">;

// What reconcilers answer that need to know what the config says while its row is not there:
// machined has not read it yet, or was started anew. The last answer stands meanwhile.
inline absl::Status NotConfiguredYet() {
  return absl::UnavailableError("machined has not said yet what the config says");
}

// Of the wishes that `id_of` gives the same id, the one of the highest layer; of one layer, the
// last by id of the wish.
template <class T, class IdOf>
Desired<T> HighestLayer(const All<Wished<T>>& wishes, IdOf id_of) {
  std::map<std::string, const typename T::Spec*> best;
  for (const auto& wish : wishes) {
    const typename T::Spec*& chosen = best[id_of(wish.spec())];
    if (chosen == nullptr || wish.spec().config_layer() >= chosen->config_layer()) {
      chosen = &wish.spec();
    }
  }
  Desired<T> rows;
  for (const auto& [id, spec] : best) {
    rows.Add(id, *spec);
  }
  return rows;
}

}  // namespace ichor::networkd
