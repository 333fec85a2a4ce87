#include "machined/install/install_plan.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr const char* kPlan =
    "ichor-install 1\n"
    "partition EFI C12A7328-F81F-11D2-BA4B-00A0C93EC93B 1073741824 0\n"
    "partition BIOS 21686148-6449-6E6F-744E-656564454649 1048576 4\n"
    "boot-code rest 0 440\n"
    "bytes BIOS 1047552 rest 440 1024\n"
    "directory EFI\n"
    "file EFI/a.efi rest 1464 10 kernel 0 500\n"
    "file EFI/empty\n";

}  // namespace

TEST_CASE("install plan: partitions, boot code, bytes, and files made of pieces") {
  const auto plan = ParseInstallPlan(kPlan);
  REQUIRE_THAT(plan, IsOk());
  REQUIRE(plan->partitions.size() == 2);
  CHECK(plan->partitions[1].label == "BIOS");
  CHECK(disk::ToText(plan->partitions[1].type) == "21686148-6449-6e6f-744e-656564454649");
  CHECK(plan->partitions[1].size_bytes == 1048576);
  CHECK(plan->partitions[1].attributes == 4);
  CHECK(plan->boot_code == std::vector<InstallPiece>{{"rest", 0, 440}});
  REQUIRE(plan->bytes.size() == 1);
  CHECK(plan->bytes[0].offset_bytes == 1047552);
  REQUIRE(plan->files.size() == 3);
  CHECK(plan->files[0].directory);
  CHECK(plan->files[1].pieces == std::vector<InstallPiece>{{"rest", 1464, 10}, {"kernel", 0, 500}});
  CHECK(plan->files[2].pieces.empty());
}

TEST_CASE("install plan: a line that is none is named, and so is another version") {
  CHECK_THAT(ParseInstallPlan("ichor-install 2\n").status(),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "the plan of an install has a line that is none: ichor-install 2"));
  CHECK_FALSE(ParseInstallPlan("").ok());
  const std::string line =
      GENERATE("", "something", "partition EFI", "partition EFI x 1 0", "boot-code rest 0",
               "boot-code rest -1 2", "bytes BIOS", "file", "file /etc rest 0 1", "file a ../b 0 1",
               "directory a/../b", "directory a b");
  INFO(line);
  CHECK(absl::IsInvalidArgument(ParseInstallPlan("ichor-install 1\n" + line + "\n").status()));
}

}  // namespace ichor
