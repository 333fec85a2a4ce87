#include "networkd/resolver/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::HostnameStatus;
using network::NetworkConfiguration;

// The search domains of the default layer.
std::string Searched(const std::string& hostname, const std::string& configuration) {
  auto rows = DefaultResolvers(AllOf<HostnameStatus>({{"hostname", hostname}}),
                               AllOf<NetworkConfiguration>({{"machine-config", configuration}}));
  REQUIRE_THAT(rows, base::IsOk());
  const auto stated = Stated(*std::move(rows));
  REQUIRE(Ids(stated) == "default/resolvers");
  CHECK(stated.front().spec().dns_servers_size() == 2);
  std::string all;
  for (const std::string& domain : stated.front().spec().search_domains())
    all += domain + " ";
  return all;
}

}  // namespace

TEST_CASE("default resolvers: the own domain is searched, unless the config forbids it") {
  CHECK(Searched("hostname: 'n1' domainname: 'example.org'", "") == "example.org ");
  CHECK(Searched("hostname: 'n1'", "").empty());
  CHECK(Searched("hostname: 'n1' domainname: 'example.org'", "no_default_search_domain: true")
            .empty());
}

TEST_CASE("resolvers: the config's replace those of the lease, its domains too if it has any") {
  auto merged = MergeResolvers(AllOf<Wished<network::ResolverSpec>>(
      {{"dhcp4/eth0/resolvers",
        "dns_servers { ip: '\\001\\001\\001\\001' } search_domains: 'lease' "
        "config_layer: CONFIG_OPERATOR"},
       {"configuration/resolvers",
        "dns_servers { ip: '\\002\\002\\002\\002' } search_domains: 'config' "
        "search_domains_overridden: true config_layer: CONFIG_MACHINE_CONFIGURATION"}}));
  REQUIRE_THAT(merged, base::IsOk());
  const auto rows = Stated(*std::move(merged));
  REQUIRE(rows.size() == 1);
  REQUIRE(rows.front().spec().dns_servers_size() == 1);
  CHECK(rows.front().spec().dns_servers(0).ip() == "\2\2\2\2");
  REQUIRE(rows.front().spec().search_domains_size() == 1);
  CHECK(rows.front().spec().search_domains(0) == "config");
}

}  // namespace ichor::networkd
