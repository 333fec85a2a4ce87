// Gives the cluster the objects of the manifests, each once.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/struct.pb.h"
#include "lib/kube/api.h"
#include "lib/kube/objects.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// What came of it.
struct AppliedManifests {
  std::vector<std::string> ids;  // of manifests whose objects are all in the inventory
  // OK if that is all of them; else what was in the way first, with the object's name.
  absl::Status status;
  std::vector<std::string> made;  // "Deployment kube-system/coredns", in order
};

// Blocks, for some tens of milliseconds per object. Namespaces and kinds of objects come first,
// then the order of the manifests. The inventory is a ConfigMap in the cluster that lists what was
// made here: what is in it is left alone, so an object that somebody deleted stays deleted. An
// object that is there already is noted in the inventory, and not changed. What one object fails
// with stops no other.
AppliedManifests ApplyManifests(const All<k8s::Manifest>& manifests, kube::Api& api);

// What the inventory calls an object: "kube-system_coredns_apps_Deployment".
std::string InventoryKey(const kube::Reference& reference);

}  // namespace ichor
