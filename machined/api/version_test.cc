#include "machined/api/version.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::api {

TEST_CASE("version: the tag is a semantic version that clients take; roles show once configured") {
  const machine::Version bare = VersionOf("metal", false);
  CHECK(bare.version().tag().starts_with("v1.14.0-ichor."));
  CHECK(bare.platform().name() == "metal");
  CHECK(bare.platform().mode() == "metal");
  CHECK_FALSE(bare.has_features());
  const machine::Version configured = VersionOf("nocloud", true);
  CHECK(configured.platform().mode() == "cloud");
  CHECK(configured.features().rbac());
}

}  // namespace ichor::api
