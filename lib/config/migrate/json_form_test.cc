#include "lib/config/migrate/json_form.h"

#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status.h"
#include "lib/config/migrate/migrate.h"
#include "lib/config/patch.h"

namespace ichor::config {
namespace {

const char* const kBase = R"(machine:
  type: controlplane
  certSANs: [a]
  sysctls: {x: y}
---
apiVersion: v1alpha1
kind: KubeProxyConfig
image: p
config: {}
)";

absl::StatusOr<std::string> Patched(std::string_view operations) {
  ASSIGN_OR_RETURN(const Config base, Load("", kBase));
  ASSIGN_OR_RETURN(const Patch patch, ParsePatch("p.yaml", std::string(operations)));
  ASSIGN_OR_RETURN(const MigratedPatch migrated, MigratePatch(patch, base));
  ASSIGN_OR_RETURN(const Config patched, ApplyPatches(base, {&migrated.patch, 1}));
  return patched.text();
}

std::string Outcome(std::string_view operations) {
  const auto patched = Patched(operations);
  return patched.ok() ? *patched : std::string(patched.status().message());
}

const std::string kRest = std::string(kBase).substr(std::string_view(kBase).find("---"));

TEST_CASE("migrate: a JSON patch of several documents changes the legacy one") {
  CHECK(Outcome("[{op: replace, path: /machine/type, value: worker}]") ==
        "machine:\n  type: worker\n  certSANs: [a]\n  sysctls: {x: y}\n" + kRest);
  CHECK(Outcome("[{op: add, path: /machine/certSANs/-, value: b}]") ==
        "machine:\n  type: controlplane\n  certSANs: [a, b]\n  sysctls: {x: y}\n" + kRest);
  CHECK(Outcome("[{op: remove, path: /machine/sysctls}]") ==
        "machine:\n  type: controlplane\n  certSANs: [a]\n" + kRest);
  CHECK(Outcome("[{op: add, path: /machine/sysctls, value: {z: w}}]") ==
        "machine:\n  type: controlplane\n  certSANs: [a]\n  sysctls: {z: w}\n" + kRest);
}

TEST_CASE("migrate: a JSON patch of a field that moved changes its document") {
  CHECK(Outcome("[{op: add, path: /cluster/proxy/mode, value: nftables}]")
            .contains("kind: KubeProxyConfig\nimage: p\nconfig: {}\nmode: nftables\n"));
}

TEST_CASE("migrate: operations that only work on one document are named") {
  CHECK(Outcome("[{op: test, path: /machine/type, value: worker},\n"
                " {op: replace, path: /machine/certSANs/0, value: b},\n"
                " {op: remove, path: /cluster/proxy}]") ==
        "p.yaml:1:2: /machine/type: the operation cannot be told over several documents (write the "
        "patch as a piece of config)\n"
        "p.yaml:2:2: /machine/certSANs/0: a place in a list cannot be told over several documents "
        "(write the patch as a piece of config)\n"
        "p.yaml:3:2: /cluster/proxy: is not there, perhaps in a document of its own (write the "
        "patch as a piece of config)");
}

}  // namespace
}  // namespace ichor::config
