#include "lib/resource/cel/evaluate.h"

#include <format>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "talos/resource/definitions/block/block.pb.h"

namespace ichor {
namespace {

using talos::resource::definitions::block::DiskSpec;

struct Disk {
  Disk() {
    spec.set_size(256'000'000'000);
    spec.set_model("Samsung SSD");
    spec.set_transport("nvme");
    spec.add_symlinks("/dev/disk/by-id/a");
    scope.variables.emplace("disk", CelValue(static_cast<const google::protobuf::Message*>(&spec)));
    scope.variables.emplace("TB", CelValue(std::uint64_t{1'000'000'000'000}));
    scope.variables.emplace("system_disk", CelValue(false));
    scope.functions.emplace("always", [](auto) { return CelValue(true); });
  }
  absl::StatusOr<bool> Holds(const std::string& text) const { return CelHolds(text, scope); }

  DiskSpec spec;
  CelScope scope;
};

}  // namespace

TEST_CASE("evaluate: selectors of disks") {
  const Disk disk;
  const auto [text, expected] = GENERATE(table<std::string, bool>({
      {"disk.size < 1u * TB && disk.transport != '' && !disk.readonly && !disk.cdrom", true},
      {"disk.size > 1000000000000u", false},
      {"disk.size > 100", true},
      {"disk.transport == 'nvme' || disk.rotational", true},
      {"disk.model.startsWith('Samsung') && disk.model.endsWith('SSD')", true},
      {"disk.model.contains('ng S') && disk.model.matches('^S.*D$')", true},
      {"matches(disk.model, '^x')", false},
      {"'/dev/disk/by-id/a' in disk.symlinks", true},
      {"disk.symlinks.exists(s, s.startsWith('/dev/disk/by-uuid'))", false},
      {"disk.symlinks.all(s, s.size() > 3) && size(disk.symlinks) == 1", true},
      {"disk.symlinks.map(s, s + '!')[0] == '/dev/disk/by-id/a!'", true},
      {"disk.symlinks.filter(s, s == 'x') == []", true},
      {"disk.symlinks.exists_one(s, true)", true},
      {"has(disk.model) && !has(disk.serial)", true},
      {"!system_disk && always()", true},
  }));
  INFO(text);
  CHECK(disk.Holds(text) == absl::StatusOr<bool>(expected));
}

TEST_CASE("evaluate: numbers, texts, conditions") {
  const CelScope none;
  const std::string text =
      GENERATE("1 + 2 * 3 == 7", "7 / 2 == 3 && -7 % 3 == -1", "1 == 1u && 1u < 1.5 && -1 < 0u",
               "2.5 * 2.0 == 5.0", "'a' + 'b' == 'ab' && 'a' < 'b'", "true ? 1 == 1 : 1 / 0 == 1",
               "int('12') == 12 && uint(3) == 3u && double('1.5') == 1.5 && int(2.9) == 2",
               "string(12) == '12' && string(true) == 'true' && bool('false') == false",
               "[1, 2] + [3] == [1, 2, 3] && 2 in [1, 2]", "{'a': 1}['a'] == 1 && 'a' in {'a': 1}",
               "{'a': 1}.a == 1 && !has({'a': 1}.b)", "size('äb') == 2", "-(1) == 0 - 1",
               "null == null", "{'a': 1, 'b': 2}.exists(k, k == 'b')");
  INFO(text);
  CHECK(CelHolds(text, none) == absl::StatusOr<bool>(true));
}

TEST_CASE("evaluate: what decides spares the other side its mistake") {
  const CelScope none;
  CHECK(CelHolds("true || 1 / 0 == 1", none) == absl::StatusOr<bool>(true));
  CHECK(CelHolds("1 / 0 == 1 || true", none) == absl::StatusOr<bool>(true));
  CHECK(CelHolds("1 / 0 == 1 && false", none) == absl::StatusOr<bool>(false));
  CHECK_THAT(CelHolds("1 / 0 == 1 || false", none),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "a division by zero"));
}

TEST_CASE("evaluate: mistakes say what they are about") {
  const Disk disk;
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"disk.siz > 1", "DiskSpec has no field \"siz\""},
      {"dusk", "there is no \"dusk\""},
      {"disk.model > 1", "\">\" does not take string and int"},
      {"disk.size", "it gives uint, expected bool"},
      {"9223372036854775807 + 1 > 0", "a number that is too large"},
      {"0u - 1u == 0u", "a number that is too large"},
      {"[1][1] == 1", "there is no item 1 of 1"},
      {"int('x') == 1", "\"x\" is no number"},
      {"uint(-1) == 1u", "a number that is too large"},
      {"nothing(1)", "there is no function \"nothing\" here"},
      {"1 ? true : false", "the condition of ?: is no truth value"},
  }));
  INFO(text);
  const auto result = disk.Holds(text);
  REQUIRE_FALSE(result.ok());
  CHECK(result.status().message() == message);
}

TEST_CASE("evaluate: an expression that would take for ever ends") {
  const CelScope none;
  const std::string ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
  std::string text = "true";
  for (const char* const name : {"a", "b", "c", "d", "e", "f"}) {
    text = std::format("{}.all({}, {})", ten, name, text);
  }
  CHECK(absl::IsResourceExhausted(CelHolds(text, none).status()));
}

}  // namespace ichor
