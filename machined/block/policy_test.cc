#include "machined/block/policy.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "machined/block/boot_facts.h"
#include "machined/block/dev_path.h"
#include "machined/block/size.h"

namespace ichor {
namespace {

using block::BlockDevice;

All<BlockDevice> TwoDisks() {
  return AllOf<BlockDevice>({{"sda", Text("type: 'disk' major: 8 minor: 0")},
                             {"sda1", Text("type: 'partition' major: 8 minor: 1 parent: 'sda'")},
                             {"sdb", Text("type: 'disk' major: 8 minor: 16")}});
}

template <class T>
Rows RowsOf(absl::StatusOr<Desired<T>> desired) {
  REQUIRE_THAT(desired, base::IsOk());
  return std::move(*desired).Take();
}

template <class T>
const typename T::Spec& SpecOf(const DesiredRow& row) {
  return static_cast<const typename T::Spec&>(*row.spec->message());
}

}  // namespace

TEST_CASE("boot facts: numbers are read, what is none is said") {
  const BootFacts facts = ParseBootFacts("254:0\n", "8:16\n8:32x\n\n259:1048575");
  CHECK(facts.system_disk == DeviceNumber{254, 0});
  CHECK(facts.copies == std::vector<DeviceNumber>{{8, 16}, {259, 1048575}});
  CHECK(facts.errors == std::vector<std::string>{"copies: \"8:32x\" is no MAJOR:MINOR",
                                                 "copies: \"\" is no MAJOR:MINOR"});
}

TEST_CASE("boot facts: a machine booted from RAM media has no system disk") {
  const BootFacts facts = ParseBootFacts("", "");
  CHECK(!facts.system_disk.has_value());
  CHECK(facts.errors.empty());
}

TEST_CASE("boot facts: numbers with signs, blanks or too many digits are none") {
  const std::string text = GENERATE(as<std::string>(), "", ":", "8", "8:", ":0", "-8:0", "8:+1",
                                    " 8:0", "8:0 ", "8:0:0", "99999999999:0", "8:99999999999");
  CHECK(!ParseDeviceNumber(text).has_value());
}

TEST_CASE("system disk: it is the device with the number that stage 1 named") {
  const Rows rows = RowsOf(ChooseSystemDisk(TwoDisks(), ParseBootFacts("8:16\n", "")));
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == "system-disk");
  CHECK(SpecOf<block::SystemDisk>(rows.front()).disk_id() == "sdb");
  CHECK(SpecOf<block::SystemDisk>(rows.front()).dev_path() == "/dev/sdb");
}

TEST_CASE("system disk: without stage 1's word, or while the device is away, there is none") {
  CHECK(RowsOf(ChooseSystemDisk(TwoDisks(), ParseBootFacts("", ""))).empty());
  CHECK(RowsOf(ChooseSystemDisk(TwoDisks(), ParseBootFacts("8:48\n", ""))).empty());
}

TEST_CASE("diagnose boot disks: copies are named, by their numbers if they are away") {
  const Rows rows = RowsOf(DiagnoseBootDisks(TwoDisks(), ParseBootFacts("8:0\n", "8:16\n8:32\n")));
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == "disk-copies");
  const auto& spec = SpecOf<runtime::Diagnostic>(rows.front());
  CHECK(spec.message() == "other disks carry the same GUIDs as the system disk");
  REQUIRE(spec.details_size() == 3);
  CHECK(spec.details(0) == "the system runs from /dev/sda");
  CHECK(spec.details(1) == "/dev/sdb is a copy");
  CHECK(spec.details(2) == "block device 8:32 is a copy");
}

TEST_CASE("diagnose boot disks: nothing is said if nothing is wrong, and broken files are") {
  CHECK(RowsOf(DiagnoseBootDisks(TwoDisks(), ParseBootFacts("8:0\n", ""))).empty());
  const Rows rows = RowsOf(DiagnoseBootDisks(TwoDisks(), ParseBootFacts("sda\n", "")));
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == "boot-disks");
  CHECK(SpecOf<runtime::Diagnostic>(rows.front()).details(0) ==
        "system-disk: \"sda\" is no MAJOR:MINOR");
}

TEST_CASE("pretty size: powers of 1000, one decimal below ten units") {
  const auto [bytes, text] = GENERATE(table<std::uint64_t, std::string>({
      {0, "0 B"},
      {9, "9 B"},
      {10, "10 B"},
      {999, "999 B"},
      {1000, "1.0 kB"},
      {1'048'576, "1.0 MB"},
      {9'950'000, "10 MB"},
      {6'442'450'944, "6.4 GB"},
      {10'737'418'240, "11 GB"},
      {999'999'999'999, "1000 GB"},
      {std::numeric_limits<std::uint64_t>::max(), "18 EB"},
  }));
  CHECK(PrettySize(bytes) == text);
}

TEST_CASE("dev path: a ! in the kernel's name is a slash") {
  CHECK(DevPath("nvme0n1p2") == "/dev/nvme0n1p2");
  CHECK(DevPath("cciss!c0d0") == "/dev/cciss/c0d0");
}

}  // namespace ichor
