#include "lib/config/reference.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/config/config.h"
#include "lib/config/description.h"
#include "lib/yaml/read.h"

namespace ichor::config {
namespace {

TEST_CASE("explain: a key has its type, meaning, default and an example") {
  const auto text = Explain("machine.network.interfaces.dhcp");
  REQUIRE_THAT(text.status(), base::IsOk());
  CHECK(*text ==
        "machine.network.interfaces.dhcp  boolean\n\nWhether the link asks for a lease.\n\n"
        "Example:\n  dhcp: true\n");
  CHECK(Explain("KubeSpanConfig.mtu")->contains("Default: 1420\n"));
  CHECK(Explain("machine.install.diskSelector.type")->contains("One of: ssd, hdd, nvme, sd\n"));
  CHECK(Explain("machine.token")->contains("Secret: never shown unless asked for.\n"));
  CHECK(Explain("machine.registries.mirrors.docker")->contains("map of mapping"));
  CHECK(Explain("machine.network.interfaces[0].vlans[1].vlanId")->contains("VLAN number."));
  CHECK(Explain("LinkConfig")->contains("Addresses and routes of a link that is there."));
}

TEST_CASE("explain: a key that is not there suggests the one that is") {
  CHECK(Explain("machine.network.interfaces.dchp").status().message() ==
        "no key is called \"dchp\" (did you mean \"dhcp\"?)");
  CHECK(Explain("LinkConfg").status().message() ==
        "no key is called \"LinkConfg\" (did you mean \"LinkConfig\"?)");
  CHECK(Explain("machine.token.x").status().message() == "no key is called \"x\"");
}

TEST_CASE("reference: every kind has a chapter, every key a meaning") {
  const std::string reference = Reference();
  for (const Kind& kind : AllKinds()) {
    INFO(kind.name);
    CHECK(reference.contains("\n## " + (kind.legacy() ? "v1alpha1" : kind.name) + "\n"));
    CHECK_FALSE(kind.option->doc().empty());
  }
  CHECK_FALSE(reference.contains("|  |"));
}

TEST_CASE("json schema: it is JSON and names every kind") {
  Source source{.file = "schema", .text = JsonSchema()};
  Findings findings;
  const std::vector<Node> documents = ReadDocuments(source, findings);
  REQUIRE(findings.empty());
  REQUIRE(documents.size() == 1);
  CHECK(documents[0].Find("oneOf")->children.size() == AllKinds().size());
  const Node& link = *documents[0].Find("$defs")->Find("LinkConfig");
  CHECK(link.Find("properties")->Find("kind")->Find("const")->text == "LinkConfig");
}

}  // namespace
}  // namespace ichor::config
