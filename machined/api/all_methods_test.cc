// Every method, called in every role, over a real socket.
#include <algorithm>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "lib/base/status.h"
#include "lib/rpc/role_table.h"
#include "machined/api/api_fixture.h"
#include "machined/api/role_access.h"

namespace ichor::api {

TEST_CASE("all methods: each is served, to the roles that may call it, and to nobody else") {
  ApiFixture f;
  RoleAccess access([](std::int32_t /*pid*/) { return "apid"; });
  f.access.instead = &access;
  f.config.maintenance = GENERATE(false, true);
  const std::string role = GENERATE(from_range(rpc::AllRoles()));
  f.SetMetadata({{"talos-role", role}});
  for (const rpc::RoleRow& row : rpc::RoleTable()) {
    INFO(row.method << " as " << role << (f.config.maintenance ? ", in maintenance" : ""));
    const auto stream = f.Open(row.method);
    bool allowed = std::ranges::contains(row.roles, role);
    if (row.reader_in_maintenance && role == "os:reader" && !f.config.maintenance) {
      // What is not there yet is that for everybody.
      allowed = stream->status.code() == absl::StatusCode::kUnimplemented;
    }
    const bool denied =
        stream->over && stream->status == absl::PermissionDeniedError("not authorized");
    CHECK(denied != allowed);
    CHECK_FALSE(base::MessageOf(stream->status).contains("unknown method"));
  }
}

}  // namespace ichor::api
