#include "machined/sockets.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::machined {

using state::Access;

TEST_CASE("sockets: apid reads what it needs, and nothing else") {
  CHECK_THAT(AuthorizeApid(Access::kRead, "secrets", "ApiCertificates.secrets.talos.dev"),
             base::IsOk());
  CHECK_THAT(AuthorizeApid(Access::kRead, "network", "NodeAddresses.net.talos.dev"), base::IsOk());
  CHECK_THAT(AuthorizeApid(Access::kWrite, "network", "NodeAddresses.net.talos.dev"),
             base::StatusIs(absl::StatusCode::kPermissionDenied,
                            "network/NodeAddresses.net.talos.dev is not for this peer"));
  CHECK_FALSE(AuthorizeApid(Access::kRead, "secrets", "OSRootSecrets.secrets.talos.dev").ok());
  CHECK_FALSE(AuthorizeApid(Access::kRead, "config", "MachineConfigs.config.talos.dev").ok());
}

TEST_CASE("sockets: trustd reads what it signs with, and nothing else") {
  CHECK_THAT(AuthorizeTrustd(Access::kRead, "secrets", "OSRootSecrets.secrets.talos.dev"),
             base::IsOk());
  CHECK_THAT(AuthorizeTrustd(Access::kRead, "secrets", "TrustdCertificates.secrets.talos.dev"),
             base::IsOk());
  CHECK_FALSE(AuthorizeTrustd(Access::kWrite, "secrets", "OSRootSecrets.secrets.talos.dev").ok());
  CHECK_FALSE(AuthorizeTrustd(Access::kRead, "secrets", "EtcdRootSecrets.secrets.talos.dev").ok());
}

TEST_CASE("sockets: networkd writes the network, but not the name that machined chose") {
  CHECK_THAT(AuthorizeNetworkd(Access::kWrite, "network", "AddressStatuses.net.talos.dev"),
             base::IsOk());
  CHECK_THAT(AuthorizeNetworkd(Access::kWrite, "network-config", "HostnameSpecs.net.talos.dev"),
             base::IsOk());
  CHECK_THAT(AuthorizeNetworkd(Access::kRead, "network", "HostnameStatuses.net.talos.dev"),
             base::IsOk());
  CHECK_THAT(AuthorizeNetworkd(Access::kRead, "runtime", "DevicesStatuses.runtime.talos.dev"),
             base::IsOk());
  CHECK_FALSE(AuthorizeNetworkd(Access::kWrite, "network", "HostnameStatuses.net.talos.dev").ok());
  CHECK_THAT(AuthorizeNetworkd(Access::kRead, "network", "NodeAddressFilters.net.talos.dev"),
             base::IsOk());
  CHECK_FALSE(
      AuthorizeNetworkd(Access::kWrite, "network", "NodeAddressFilters.net.talos.dev").ok());
  CHECK_FALSE(AuthorizeNetworkd(Access::kWrite, "network", "LinkAliasSpecs.net.talos.dev").ok());
  CHECK_THAT(AuthorizeNetworkd(Access::kRead, "network", "NetworkConfigurations.net.ichor.dev"),
             base::IsOk());
  CHECK_FALSE(
      AuthorizeNetworkd(Access::kWrite, "network", "NetworkConfigurations.net.ichor.dev").ok());
  CHECK_THAT(AuthorizeNetworkd(Access::kWrite, "runtime", "Diagnostics.runtime.talos.dev"),
             base::IsOk());
  CHECK_FALSE(
      AuthorizeNetworkd(Access::kRead, "secrets", "ApiCertificates.secrets.talos.dev").ok());
}

}  // namespace ichor::machined
