#include "networkd/resolver/settings.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::NetworkConfiguration;

HostDnsRows Rows(const std::string& settings) {
  auto rows = DescribeHostDns(
      AllOf<NetworkConfiguration>({{"machine-config", "host_dns { " + settings + " }"}}));
  REQUIRE_THAT(rows, base::IsOk());
  return *std::move(rows);
}

}  // namespace

TEST_CASE("host dns settings: the node's own address, and those for pods of each family") {
  HostDnsRows rows = Rows("enabled: true serves_pods_v4: true serves_pods_v6: true");
  const auto config = Stated(std::move(std::get<0>(rows)));
  REQUIRE(Ids(config) == "config");
  REQUIRE(config.front().spec().listen_addresses_size() == 3);
  CHECK(ToText(config.front().spec().listen_addresses(0)) == "127.0.0.53:53");
  CHECK(ToText(config.front().spec().service_host_dns_address()) == "169.254.116.108");
  const auto wishes = Stated(std::move(std::get<1>(rows)));
  CHECK(Ids(wishes) ==
        "operator/lo/169.254.116.108/32 operator/lo/fd54:616c:6f73:0:204f:5320:444e:531/128");
}

TEST_CASE("host dns settings: switched off it listens nowhere") {
  HostDnsRows rows = Rows("serves_pods_v4: true");
  const auto config = Stated(std::move(std::get<0>(rows)));
  REQUIRE(config.size() == 1);
  CHECK_FALSE(config.front().spec().enabled());
  CHECK(config.front().spec().listen_addresses().empty());
  const auto wishes = Stated(std::move(std::get<1>(rows)));
  CHECK(wishes.empty());
  CHECK(absl::IsUnavailable(DescribeHostDns(AllOf<NetworkConfiguration>({})).status()));
}

TEST_CASE("host dns servers: numbered in order, never oneself, secret ones not in plain text") {
  const auto servers = ServersOf(
      AllOf<network::ResolverStatus>({{"resolvers",
                                       "name_servers { addr { ip: '\\177\\000\\0005' } } "
                                       "name_servers { addr { ip: '\\001\\001\\001\\001' } } "
                                       "name_servers { addr { ip: '\\010\\010\\010\\010' } "
                                       "protocol: DNS_PROTOCOL_DNS_OVER_TLS }"}}));
  REQUIRE(servers.size() == 2);
  CHECK(servers[0].id == "#000 Do53 1.1.1.1:53");
  CHECK(servers[0].plain);
  CHECK(servers[1].id == "#001 DoT 8.8.8.8:853");
  CHECK_FALSE(servers[1].plain);
}

}  // namespace ichor::networkd
