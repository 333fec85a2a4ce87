#include "lib/pki/cluster/client_config.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"

namespace ichor::pki {

using base::IsOk;
using base::StatusIs;

TEST_CASE("client config: a file comes back as it was, with keys that only others know") {
  const std::string text =
      "context: home\n"
      "contexts:\n"
      "    home:\n"
      "        endpoints:\n"
      "            - 10.0.0.1\n"
      "        nodes:\n"
      "            - 10.0.0.2\n"
      "        ca: Y2E=\n"
      "        crt: Y3J0\n"
      "        key: a2V5\n"
      "        auth:\n"
      "            basic:\n"
      "                username: me\n"
      "        cluster: c\n"
      "        proxy-url: direct\n"
      "    work:\n"
      "        endpoints: []\n"
      "later: 1\n";
  const absl::StatusOr<ClientConfig> config = ClientConfigFromYaml(text);
  REQUIRE_THAT(config, IsOk());
  CHECK(config->current == "home");
  CHECK(config->contexts.at("home").endpoints == std::vector<std::string>{"10.0.0.1"});
  CHECK(config->contexts.at("home").key.text() == "a2V5");
  CHECK(ToYaml(*config).text() == text);
}

TEST_CASE("client config: keys that only others know come back, folded lines too") {
  const std::string text = GENERATE(as<std::string>(), "? " + std::string(2000, 'k') + "\n: 1\n",
                                    "x:\n  a\n\n  b\n", "x: [a\n b, 'c']\n");
  const absl::StatusOr<ClientConfig> config = ClientConfigFromYaml(text);
  REQUIRE_THAT(config, IsOk());
  const Secret written = ToYaml(*config);
  const absl::StatusOr<ClientConfig> again = ClientConfigFromYaml(written.text());
  REQUIRE_THAT(again, IsOk());
  CHECK(ToYaml(*again) == written);
}

TEST_CASE("client config: an empty file has no contexts") {
  const absl::StatusOr<ClientConfig> config = ClientConfigFromYaml("\n");
  REQUIRE_THAT(config, IsOk());
  CHECK(ToYaml(*config).text() == "context: \"\"\ncontexts: {}\n");
  CHECK_THAT(FindContext(*config, ""),
             StatusIs(absl::StatusCode::kNotFound, "there is no context yet: add or merge one"));
  CHECK_THAT(FindContext(ClientConfig{.contexts = {{"a", {}}}}, ""),
             StatusIs(absl::StatusCode::kNotFound, "no context is the current one: choose one"));
}

TEST_CASE("client config: the old key target counts as an endpoint") {
  const absl::StatusOr<ClientConfig> config =
      ClientConfigFromYaml("contexts: {a: {target: 10.0.0.1, endpoints: [10.0.0.2]}}");
  REQUIRE_THAT(config, IsOk());
  CHECK(config->contexts.at("a").endpoints == std::vector<std::string>{"10.0.0.1", "10.0.0.2"});
}

TEST_CASE("client config: a new client's context has its CA, certificate and key") {
  const base::WallTime now = base::FakeClock().Now();
  const Identity ca = *NewAuthority(OsAuthority(), now);
  const Identity client = *NewClient(ca, {"os:admin"}, now);
  const ClientContext context = NewClientContext(ca.certificate, client, {"10.0.0.1"});
  CHECK(context.endpoints.size() == 1);
  CHECK(context.ca.starts_with("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"));
  CHECK(context.key.text().starts_with("LS0tLS1CRUdJTiBFRDI1NTE5IFBSSVZBVEUgS0VZLS0tLS0"));
}

TEST_CASE("client config: merging renames what is taken, and takes over the current context") {
  ClientConfig into{.current = "a", .contexts = {{"a", {}}, {"a-1", {}}}};
  const ClientConfig from{.current = "a", .contexts = {{"a", {.cluster = "new"}}, {"b", {}}}};
  CHECK(Merge(from, into) == std::vector<Renaming>{{"a", "a-2"}});
  CHECK(into.current == "a-2");
  CHECK(into.contexts.size() == 4);
  CHECK(into.contexts.at("a-2").cluster == "new");
}

TEST_CASE("client config: a context that is not there is told with those that are") {
  ClientConfig config{.current = "gone", .contexts = {{"a", {}}, {"b", {}}}};
  CHECK_THAT(FindContext(config, "c"),
             StatusIs(absl::StatusCode::kNotFound, "no context \"c\": there is \"a\", \"b\""));
  CHECK_THAT(FindContext(config, ""),
             StatusIs(absl::StatusCode::kNotFound, "no context \"gone\": there is \"a\", \"b\""));
  const absl::StatusOr<ClientContext*> found = FindContext(config, "a");
  REQUIRE_THAT(found, IsOk());
  CHECK(*found == &config.contexts.at("a"));
}

TEST_CASE("client config: values of other kinds are refused with their place") {
  CHECK_THAT(
      ClientConfigFromYaml("contexts:\n  a:\n    nodes: x\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, "context \"a\": 3:12: nodes: expected a list"));
  CHECK_THAT(ClientConfigFromYaml("context: [a]\n"),
             StatusIs(absl::StatusCode::kInvalidArgument, "1:10: context: expected text"));
  CHECK_THAT(ClientConfigFromYaml("u\r!:\n\t.1\n\r4"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:4: mapping values are not allowed in this context"));
  CHECK_THAT(ClientConfigFromYaml("[]"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                  "1:1: expected the keys context and contexts"));
}

}  // namespace ichor::pki
