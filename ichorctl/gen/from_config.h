// The secrets of a cluster, from a control plane's config.
#pragma once

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/pki/cluster/secrets.h"

namespace ichor::ctl {

// What `config` says, in the one-document form and in the documents of today. What it does not say
// stays empty: see pki::ProblemsOf. InvalidArgument without the first document.
absl::StatusOr<pki::ClusterSecrets> SecretsOf(const config::Config& config);

}  // namespace ichor::ctl
