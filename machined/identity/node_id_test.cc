#include "machined/identity/node_id.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/random.h"
#include "lib/base/status_matchers.h"

namespace ichor {

TEST_CASE("node id: 43 letters and digits, from which the bytes come back") {
  CHECK(ToNodeId(std::string(kNodeIdBytes, '\0')) == std::string(43, '0'));
  CHECK(ToNodeId(std::string(kNodeIdBytes - 1, '\0') + '\x3e') == std::string(41, '0') + "10");
  for (int i = 0; i < 100; ++i) {
    const std::string bytes = base::RandomBytes(kNodeIdBytes);
    const std::string id = ToNodeId(bytes);
    CHECK(id.size() == 43);
    const auto back = NodeIdBytes(id);
    REQUIRE_THAT(back, base::IsOk());
    CHECK(*back == bytes);
  }
}

TEST_CASE("node id: the machine id is the first half of its bytes") {
  const std::string id = ToNodeId("\x01\xab" + std::string(kNodeIdBytes - 2, '\xff'));
  const auto machine_id = MachineIdOf(id);
  REQUIRE_THAT(machine_id, base::IsOk());
  CHECK(*machine_id == "01ab" + std::string(28, 'f'));
}

TEST_CASE("node id: what is none is refused") {
  CHECK(absl::IsInvalidArgument(NodeIdBytes("").status()));
  CHECK(absl::IsInvalidArgument(NodeIdBytes(std::string(42, '0')).status()));
  CHECK(absl::IsInvalidArgument(NodeIdBytes(std::string(42, '0') + "-").status()));
  CHECK(absl::IsInvalidArgument(NodeIdBytes(std::string(43, 'z')).status()));  // 62^43 - 1
}

}  // namespace ichor
