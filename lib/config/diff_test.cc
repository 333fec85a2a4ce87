#include "lib/config/diff.h"

#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::config {
namespace {

// All changes, one a line.
std::string Changes(std::string before, std::string after, bool show_secrets = false) {
  const auto left = Load("a", std::move(before));
  const auto right = Load("b", std::move(after));
  REQUIRE(left.ok());
  REQUIRE(right.ok());
  std::string lines;
  for (const Change& change : Diff(*left, *right, show_secrets)) {
    lines += change.path + ": " + change.before.value_or("-") + " > " + change.after.value_or("-") +
             "\n";
  }
  return lines;
}

TEST_CASE("diff: order, quotes and comments are no change") {
  CHECK(Changes("machine: {type: worker, certSANs: [a]}\n",
                "machine: # x\n  certSANs: ['a']\n  type: \"worker\"\n")
            .empty());
}

TEST_CASE("diff: each change has its path and both values") {
  CHECK(Changes("machine: {type: worker, certSANs: [a, b], sysctls: {x.y: '1'}}\n",
                "machine: {certSANs: [a, c, d], sysctls: {x.y: '2'}, network: {hostname: n}}\n") ==
        "machine.type: worker > -\n"
        "machine.certSANs[1]: b > c\n"
        "machine.certSANs[2]: - > d\n"
        "machine.sysctls[\"x.y\"]: \"1\" > \"2\"\n"
        "machine.network: - > {hostname: n}\n");
}

TEST_CASE("diff: documents come and go") {
  const std::string link = "{apiVersion: v1alpha1, kind: LinkConfig, name: a, mtu: 1}\n";
  CHECK(Changes("machine: {}\n", "machine: {}\n---\n" + link) ==
        "LinkConfig a: - > {apiVersion: v1alpha1, kind: LinkConfig, name: a, mtu: 1}\n");
  CHECK(Changes(link, "{apiVersion: v1alpha1, kind: LinkConfig, name: a, mtu: 2}\n") ==
        "LinkConfig a: mtu: 1 > 2\n");
}

TEST_CASE("diff: a changed secret is shown as changed, not as what it is") {
  CHECK(Changes("machine: {token: abc}\n", "machine: {token: def}\n") ==
        "machine.token: REDACTED > REDACTED\n");
  CHECK(Changes("machine: {token: abc}\n", "machine: {token: def}\n", true) ==
        "machine.token: abc > def\n");
}

}  // namespace
}  // namespace ichor::config
