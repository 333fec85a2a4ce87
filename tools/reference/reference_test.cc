#include "tools/reference/reference.h"

#include <fstream>
#include <iterator>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::reference {
namespace {

std::string InTheDocs(const std::string& name) {
  std::ifstream file("../../docs/reference/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("reference: the pages in docs/reference are those of this code") {
  for (const Page& page : Pages()) {
    INFO(page.file << " is old: run ./ichor reference");
    CHECK((InTheDocs(page.file) == page.text));
  }
}

TEST_CASE("reference: methods with their roles, resources with their keys") {
  std::string all;
  for (const Page& page : Pages()) {
    all += page.text;
  }
  CHECK(
      all.contains("| Version | `google.protobuf.Empty` | `machine.VersionResponse` | os:admin, "
                   "os:operator, os:reader |"));
  CHECK(all.contains("| Logs | `machine.LogsRequest` | stream of `common.Data` |"));
  CHECK(all.contains("`MachineStatuses.runtime.talos.dev` in namespace `runtime`"));
  CHECK(all.contains("| `status.unmetConditions[].reason` | string |"));
}

}  // namespace ichor::reference
