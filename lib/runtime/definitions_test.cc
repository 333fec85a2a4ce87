#include "lib/runtime/definitions.h"

#include <algorithm>

#include "catch2/catch_test_macros.hpp"
#include "cosi/resource/meta.resources.h"
#include "lib/base/fake_clock.h"
#include "lib/resource/resource_type.h"
#include "lib/runtime/rows.h"

namespace ichor {

TEST_CASE("definitions: every type and its namespace can be looked up in the state itself") {
  const base::FakeClock clock;
  Store store(clock);
  PublishDefinitions(store);
  const All<meta::ResourceDefinition> definitions(
      store.List("meta", meta::ResourceDefinition::kType));
  REQUIRE(definitions.size() == ResourceTypes().size());

  const auto hostname = definitions.find("hostnamestatuses.net.talos.dev");
  REQUIRE(hostname != definitions.end());
  CHECK(hostname->spec().resource_type() == "HostnameStatuses.net.talos.dev");
  CHECK(hostname->spec().default_namespace() == "network");
  CHECK(std::ranges::contains(hostname->spec().aliases(), "hostname"));

  for (const auto& row : definitions) {
    CHECK(store.Get("meta", meta::Namespace::kType, row.spec().default_namespace()) != nullptr);
  }
  CHECK(store.Get("meta", meta::Namespace::kType, "network-config") != nullptr);
}

}  // namespace ichor
