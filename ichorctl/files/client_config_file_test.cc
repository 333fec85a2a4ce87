#include "ichorctl/files/client_config_file.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichorctl/files/test_session.h"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

TEST_CASE("client config file: the flag, then the variables, then the home directory") {
  TestSession session;
  (*session).environment = {{"HOME", "/h"}};
  CHECK(*ClientConfigPath(*session, {}) == "/h/.talos/config");
  (*session).environment["TALOS_HOME"] = "/t";
  CHECK(*ClientConfigPath(*session, {}) == "/t/config");
  (*session).environment["TALOSCONFIG"] = "/talosconfig";
  CHECK(*ClientConfigPath(*session, {}) == "/talosconfig");
  (*session).environment["ICHORCONFIG"] = "/ichorconfig";
  CHECK(*ClientConfigPath(*session, {}) == "/ichorconfig");
  CHECK(*ClientConfigPath(*session, {.config_path = "/flag"}) == "/flag");
  (*session).environment = {};
  CHECK_THAT(ClientConfigPath(*session, {}),
             StatusIs(absl::StatusCode::kNotFound,
                      "no client config: give --talosconfig FILE, or set $HOME"));
}

TEST_CASE("client config file: one that is not there is empty, and is made for its owner alone") {
  TestSession session;
  CHECK(LoadClientConfig(*session, {})->contexts.empty());
  CHECK_FALSE(session.Exists(".talos/config"));
  REQUIRE_THAT(SaveClientConfig(*session, {}, {.current = "a", .contexts = {{"a", {}}}}), IsOk());
  CHECK(session.ModeOf(".talos") == 0700);
  CHECK(session.ModeOf(".talos/config") == 0600);
  CHECK(LoadClientConfig(*session, {})->current == "a");
}

TEST_CASE("client config file: errors name the file") {
  TestSession session;
  session.Write("broken", "[]");
  const std::string path = session.PathOf("broken");
  CHECK_THAT(LoadClientConfig(*session, {.config_path = path}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      path + ": 1:1: expected the keys context and contexts"));
}

}  // namespace ichor::ctl
