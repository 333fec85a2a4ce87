// The secrets of a cluster: everything that its configs have in common and nobody else may know.
// The file (secrets.yaml) has the form that clients of the API know.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/pki/cluster/contract.h"
#include "lib/pki/identity.h"
#include "lib/pki/secret.h"

namespace ichor::pki {

// A certificate with its private key, as PEM texts; empty if they are not there.
struct PemPair {
  std::string certificate;
  Secret key;
};

PemPair ToPemPair(const Identity& identity);

struct ClusterSecrets {
  std::string cluster_id;
  Secret cluster_secret;
  Secret bootstrap_token;
  Secret trustd_token;
  // One of the two is there: the first, or in old clusters the second.
  Secret secretbox_key;
  Secret aescbc_key;
  PemPair os;
  PemPair etcd;
  PemPair kubernetes;
  PemPair aggregator;
  Secret service_account_key;  // PEM
};

// New secrets, valid from `now` for ten years, in the form of `contract`: before 1.3 with AES-CBC,
// before 1.7 with ECDSA for service accounts. Takes up to some seconds for an RSA key.
absl::StatusOr<ClusterSecrets> NewClusterSecrets(base::WallTime now, const Contract& contract = {});

// As secrets.yaml, which is itself a secret.
Secret ToYaml(const ClusterSecrets& secrets);

// Reads secrets.yaml; what is missing stays empty, keys that are not known are ignored, as other
// clients do. InvalidArgument "LINE:COLUMN: …" if it is not YAML, or has other values than text, or
// broken base64; the message has nothing of a secret in it.
absl::StatusOr<ClusterSecrets> ClusterSecretsFromYaml(std::string_view text);

}  // namespace ichor::pki
