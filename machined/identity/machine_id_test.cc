#include "machined/identity/machine_id.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"
#include "machined/identity/node_id.h"

namespace ichor {

TEST_CASE("machine id: a file of the node that has an identity, and of no other") {
  CHECK(Stated(*RenderMachineId(AllOf<cluster::Identity>({}))).empty());
  cluster::Identity::Spec identity;
  identity.set_node_id(ToNodeId(std::string(kNodeIdBytes, '\x5a')));
  auto stated = RenderMachineId(AllOf<cluster::Identity>({{"local", identity}}));
  REQUIRE_THAT(stated, base::IsOk());
  const auto files = Stated(*std::move(stated));
  const std::string expected = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n";
  REQUIRE(files.size() == 1);
  CHECK(files.front().id() == "machine-id");
  CHECK(files.front().spec().contents() == expected);
  CHECK(files.front().spec().mode() == 0444);
}

}  // namespace ichor
