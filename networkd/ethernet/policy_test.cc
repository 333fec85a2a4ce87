#include "networkd/ethernet/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {

TEST_CASE("ethernet: settings are of the links that the config means, the later of two wins") {
  auto rows = DescribeEthernet(
      AllOf<network::NetworkConfiguration>({{"machine-config", R"(
        ethernet { which { name: 'lan' } settings { rings { rx: 1 } } }
        ethernet { which { name: 'enp0s3' } settings { rings { rx: 2 } } }
        ethernet { which { name: 'gone' } settings { rings { rx: 3 } } })"}}),
      AllOf<network::LinkStatus>({{"enp0s3", "index: 2 type: LINK_ETHER alt_names: 'lan'"}}));
  REQUIRE_THAT(rows, base::IsOk());
  const auto stated = Stated(*std::move(rows));
  CHECK(Ids(stated) == "enp0s3 gone");
  CHECK(stated.front().spec().rings().rx() == 2);
  CHECK(absl::IsUnavailable(
      DescribeEthernet(AllOf<network::NetworkConfiguration>({}), AllOf<network::LinkStatus>({}))
          .status()));
}

}  // namespace ichor::networkd
