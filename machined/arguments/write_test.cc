#include "machined/arguments/write.h"

#include <memory>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_file_systems.h"
#include "machined/arguments/test_addon.h"

namespace ichor {
namespace {

constexpr const char* kAddon = "EFI/Linux/ichor-000001-A.efi.extra.d/additions.addon.efi";
constexpr const char* kScript = "ichor/A/cmdline.cfg";
constexpr const char* kDevice = "/dev/sda1";

std::string Script(const std::string& words, std::size_t newlines) {
  return "set ichor_additions=\"" + words + "\"" + std::string(newlines, '\n');
}

absl::Status Write(sys::FakeFileSystems& systems, const std::vector<std::string>& arguments) {
  const auto efi = systems.Mount(kDevice, "vfat");
  REQUIRE_THAT(efi.status(), base::IsOk());
  return WriteArguments(**efi, arguments);
}

}  // namespace

TEST_CASE("arguments are written for both loaders, and are there once") {
  sys::FakeFileSystems systems;
  systems.Add(kDevice, {{kAddon, TestAddon("p")},
                        {"EFI/Linux/ichor-000001-A.efi", "kernel"},
                        {"ichor/A/kernel", "kernel"},
                        {kScript, Script("p", 9)}});
  for (int i = 0; i < 2; ++i) {
    REQUIRE_THAT(Write(systems, {"a=1"}), base::IsOk());
    CHECK(systems.FilesOf(kDevice)[kAddon] == TestAddon("p a=1"));
    CHECK(systems.FilesOf(kDevice)[kScript] == Script("p a=1", 5));
    systems.CutPowerAfter(0);  // the second time nothing is left to change
  }
}

TEST_CASE("arguments are written where there is no GRUB; without an addon it is an error") {
  sys::FakeFileSystems systems;
  systems.Add(kDevice, {{kAddon, TestAddon("")}});
  REQUIRE_THAT(Write(systems, {"b"}), base::IsOk());
  CHECK(systems.FilesOf(kDevice)[kAddon] == TestAddon("b"));
  systems.Add(kDevice, {{"EFI/Linux/ichor-000001-A.efi", "kernel"}});
  CHECK(absl::IsNotFound(Write(systems, {"b"})));
}

}  // namespace ichor
