// What stories do with kubectl. A test fails at once when kubectl does not get there.
#pragma once

#include <string>
#include <vector>

#include "qemu-tests/kubernetes/kubectl.h"
#include "qemu-tests/kubernetes/writer.h"
#include "qemu-tests/node_api.h"

namespace ichor::qemu {

// What kubectl prints once it succeeds.
std::string Ask(const Kubectl& kubectl, const std::vector<std::string>& words);

// The cluster does what it is told: a pod of that name, which did not exist, runs to its end.
void RunPod(const Kubectl& kubectl, const std::string& name);

// Waits until the node says what is wrong in these words, as the diagnostic `id`; or, if there are
// none, that nothing is.
void Diagnoses(NodeApi& api, const std::string& id, const std::string& message);

// What a server on this machine answers a GET with, whoever it says to be, once it does. An answer
// that refuses counts if its HTTP status is `status`.
std::string Fetched(const std::string& url, int status = 200);

// Everything that the cluster took from a writer is there.
void KeepsAll(const Kubectl& kubectl, const Writer& writer);

}  // namespace ichor::qemu
