#include "lib/resource/cel/check.h"

#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/cel/cel.h"
#include "talos/resource/definitions/block/block.pb.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor {
namespace {

using ::talos::resource::definitions::block::DiskSpec;
using ::talos::resource::definitions::network::LinkStatusSpec;

CelEnvironment Environment() {
  CelEnvironment environment;
  environment.variables["disk"] = CelTypeOf(*DiskSpec::descriptor());
  environment.variables["link"] = CelTypeOf(*LinkStatusSpec::descriptor());
  environment.variables["GB"] = ParseCelType("uint");
  environment.variables["limit"] = ParseCelType("optional(uint)");
  environment.variables["weights"] = ParseCelType("map(int, double)");
  environment.functions.push_back(ParseCelFunction("glob: string, string -> bool"));
  return environment;
}

// The type of an expression, or what is wrong with it.
std::string TypeOf(std::string_view text) {
  const auto parsed = CelFromText(text);
  REQUIRE_THAT(parsed.status(), base::IsOk());
  const auto type = CheckCel(parsed->expr(), Environment());
  return type.ok() ? ToString(*type) : std::string(type.status().message());
}

TEST_CASE("cel: an expression has the type that its parts give it") {
  CHECK(TypeOf("disk.size > 100u * GB && !disk.rotational") == "bool");
  CHECK(TypeOf("glob(\"Samsung*\", disk.model)") == "bool");
  CHECK(TypeOf("disk.model + \"x\"") == "string");
  CHECK(TypeOf("disk") == "DiskSpec");
  CHECK(TypeOf("link.vlan.vid") == "uint");
  CHECK(TypeOf("link.hardware_addr") == "bytes");
  CHECK(TypeOf("link.type") == "int");
  CHECK(TypeOf("disk.symlinks") == "list(string)");
  CHECK(TypeOf("disk.symlinks[0]") == "string");
  CHECK(TypeOf("disk.symlinks.size()") == "int");
  CHECK(TypeOf("weights[1]") == "double");
  CHECK(TypeOf("limit.orValue(1u)") == "uint");
  CHECK(TypeOf("duration('1s') + timestamp('2020-01-01T00:00:00Z')") == "timestamp");
  CHECK(TypeOf("has(disk.model) ? 1 : 2") == "int");
  CHECK(TypeOf("disk == null || disk.dev_path in ['a', 'b']") == "bool");
  CHECK(TypeOf("talos.resource.definitions.enums.NethelpersLinkType.LINK_ETHER") == "int");
  CHECK(TypeOf("talos.resource.definitions.block.DiskSpec{size: 1u}.size") == "uint");
  CHECK(TypeOf("type(1) == string") == "bool");
  CHECK(TypeOf("optional.of(1u).hasValue()") == "bool");
}

TEST_CASE("cel: macros give their items a type") {
  CHECK(TypeOf("disk.symlinks.exists(s, s == 'x')") == "bool");
  CHECK(TypeOf("disk.symlinks.filter(s, s == 'x').size()") == "int");
  CHECK(TypeOf("disk.symlinks.map(s, size(s))") == "list(int)");
  CHECK(TypeOf("weights.all(k, k > 1)") == "bool");
  CHECK(TypeOf("disk.symlinks.exists(s, s == 1)") == "\"==\" does not take string and int");
  CHECK(TypeOf("disk.symlinks.all(s, s)") == "\"&&\" does not take bool and string");
  CHECK(TypeOf("disk.model.exists(s, true)") == "a string has no items");
}

TEST_CASE("cel: what only shows at run time is let through") {
  CHECK(TypeOf("dyn(disk.model) > 1") == "bool");
  CHECK(TypeOf("[1, 'a'].exists(x, x == 1)") == "bool");
  CHECK(TypeOf("[] == ['a']") == "bool");
  CHECK(TypeOf("[disk.model, 1][0] == 1") == "bool");
}

TEST_CASE("cel: mistakes are told as people write expressions") {
  CHECK(TypeOf("disk.siz > 1u") == "DiskSpec has no field \"siz\"");
  CHECK(TypeOf("has(disk.siz)") == "DiskSpec has no field \"siz\"");
  CHECK(TypeOf("disk.size.siz") == "a uint has no fields: \"siz\"");
  CHECK(TypeOf("disc.size > 1u") == "unknown name \"disc\"");
  CHECK(TypeOf("disk.model.trim()") == "unknown function \"trim\"");
  CHECK(TypeOf("foo(1)") == "unknown function \"foo\"");
  CHECK(TypeOf("disk.size > 100") == "\">\" does not take uint and int: a uint is written 100u");
  CHECK(TypeOf("weights[1] * 2") == "\"*\" does not take double and int: a double is written 1.0");
  CHECK(TypeOf("glob(disk.size, 'x')") == "\"glob\" does not take uint and string");
  CHECK(TypeOf("!disk.model") == "\"!\" does not take string");
  CHECK(TypeOf("disk.model == null") == "\"==\" does not take string and null");
  CHECK(TypeOf("true ? 1 : 'a'") == "\"?:\" does not take bool, int and string");
  CHECK(TypeOf("1 in {'a': 1}") == "\"in\" does not take int and map(string, int)");
  CHECK(TypeOf("disk.symlinks['0']") == "\"[]\" does not take list(string) and string");
  CHECK(TypeOf("[1] + ['a']") == "\"+\" does not take list(int) and list(string)");
  CHECK(TypeOf("Nothing{a: 1}") == "unknown message \"Nothing\"");
}

}  // namespace
}  // namespace ichor
