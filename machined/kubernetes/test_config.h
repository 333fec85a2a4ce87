// The config of a control plane, for tests: real CAs and keys, in either form.
#pragma once

#include <string>

#include "lib/base/clock.h"
#include "lib/pki/identity.h"
#include "lib/runtime/test_rows.h"
#include "resource/config/config.resources.h"

namespace ichor {

struct TestCluster {
  pki::Identity kubernetes;
  pki::Identity aggregator;
  pki::Identity etcd;
  pki::Key service_account;

  // CAs that are valid from `now`.
  static TestCluster Make(base::WallTime now);

  // The one-document form; each argument is YAML at its place, in flow style: "apiServer: {…}".
  std::string OneDocument(const std::string& cluster = "", const std::string& machine = "") const;
  // Documents of today, without those of one component; `more` follows them.
  std::string Documents(const std::string& more = "") const;
};

// The row of a config in force.
All<config::MachineConfig> ConfigRow(const std::string& text);

}  // namespace ichor
