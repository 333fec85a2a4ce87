#include "machined/api/role_access.h"

#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::api {
namespace {

const rpc::Metadata kHeaders = {{"talos-role", "os:admin"},
                                {"node", "os:operator"},
                                {"talos-role", "os:reader"},
                                {"talos-role", "os:image:verifier"}};
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("role access: a process carries what it may, of what the metadata names") {
  const Names all = {"os:admin", "os:image:verifier", "os:reader"};
  CHECK(AllowedRoles(kHeaders, 50, "apid").Names() == all);
  CHECK(AllowedRoles(kHeaders, 50, "").Names() == all);
  CHECK(AllowedRoles(kHeaders, 0, "ext-agent").Names() == all);
  CHECK(AllowedRoles(kHeaders, 0, "cri").Names() == Names{"os:image:verifier"});
  CHECK(AllowedRoles({}, 53, "dashboard").Names() == Names{"os:meta:writer", "os:reader"});
}

TEST_CASE("role access: strangers have no roles, and nobody more than the metadata names") {
  CHECK(AllowedRoles(kHeaders, 0, "").Names().empty());
  CHECK(AllowedRoles(kHeaders, 1000, "udevd").Names().empty());
  CHECK(AllowedRoles(kHeaders, 53, "dashboard").Names() == Names{"os:meta:writer", "os:reader"});
  CHECK(AllowedRoles({}, 50, "apid").Names().empty());
}

}  // namespace ichor::api
