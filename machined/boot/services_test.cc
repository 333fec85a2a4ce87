#include "machined/boot/services.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "machined/services/test_rows.h"

namespace ichor {
namespace {

std::vector<std::string> Defined(const All<boot::PowerRequest>& power) {
  absl::StatusOr<Desired<services::ServiceDefinition>> defined = DefineServices(power);
  REQUIRE_THAT(defined, base::IsOk());
  std::vector<std::string> ids;
  for (const DesiredRow& row : std::move(*defined).Take()) {
    ids.push_back(row.id);
  }
  return ids;
}

}  // namespace

TEST_CASE("define services: everything, until the machine goes down") {
  CHECK(Defined(Snapshots<boot::PowerRequest>({})) ==
        std::vector<std::string>{"machined", "networkd", "apid", "udevd", "coldplug"});
  CHECK(Defined(Snapshots<boot::PowerRequest>({{"power", {}}})) ==
        std::vector<std::string>{"machined"});
}

}  // namespace ichor
