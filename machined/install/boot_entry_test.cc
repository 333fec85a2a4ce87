#include "machined/install/boot_entry.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/guid.h"
#include "lib/sys/volume/fake_efi_variables.h"

namespace ichor {
namespace {

using base::IsOk;

std::string Option(const std::string& description) {
  const disk::Partition partition{.number = 1,
                                  .type = {},
                                  .id = disk::KnownGuid("01020304-0506-0708-090a-0b0c0d0e0f10"),
                                  .label = "EFI",
                                  .offset_bytes = std::uint64_t{1} << 20U,
                                  .size_bytes = std::uint64_t{1} << 30U};
  return LoadOption(description, partition, 512, "\\A");
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) {
    text += static_cast<char>(byte);
  }
  return text;
}

}  // namespace

TEST_CASE("boot entry: the bytes that the specification says") {
  CHECK(Option("I") == Bytes({1,    0,    0,    0,  56,   0,  // active, length of the path
                              'I',  0,    0,    0,            // description
                              4,    1,    42,   0,  1,    0,  0,   0, 0, 8,
                              0,    0,    0,    0,  0,    0,           // HD(1,GPT,…,0x800,
                              0,    0,    0x20, 0,  0,    0,  0,   0,  // 0x200000)
                              4,    3,    2,    1,  6,    5,  8,   7, 9, 10,
                              11,   12,   13,   14, 15,   16, 2,   2,        //
                              4,    4,    10,   0,  '\\', 0,  'A', 0, 0, 0,  // \A
                              0x7f, 0xff, 4,    0}));
}

TEST_CASE("boot entry: it comes first, and the others stay") {
  sys::FakeEfiVariables variables;
  variables.variables = {{"Boot0000", Option("Stick")},
                         {"Boot0001", Option("Network")},
                         {"BootOrder", Bytes({0, 0, 1, 0})},
                         {"BootCurrent", Bytes({0, 0})}};
  REQUIRE_THAT(BootFirst(variables, Option("Ichor")), IsOk());
  CHECK(variables.variables["Boot0002"] == Option("Ichor"));
  CHECK(variables.variables["BootOrder"] == Bytes({2, 0, 0, 0, 1, 0}));

  // Another install takes the same entry.
  variables.variables["BootOrder"] = Bytes({0, 0, 2, 0, 1, 0});
  REQUIRE_THAT(BootFirst(variables, Option("Ichor")), IsOk());
  CHECK_FALSE(variables.variables.contains("Boot0003"));
  CHECK(variables.variables["BootOrder"] == Bytes({2, 0, 0, 0, 1, 0}));
}

TEST_CASE("boot entry: a machine without UEFI needs none; a full firmware says so") {
  sys::FakeEfiVariables variables;
  variables.there = false;
  REQUIRE_THAT(BootFirst(variables, Option("Ichor")), IsOk());
  CHECK(variables.variables.empty());
  variables.there = true;
  variables.error = absl::ResourceExhaustedError("no space");
  CHECK(absl::IsResourceExhausted(BootFirst(variables, Option("Ichor"))));
}

}  // namespace ichor
