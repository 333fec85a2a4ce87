#include "machined/meta/codec.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using std::string_literals::operator""s;

std::string BlockOf(const MetaTags& tags) {
  auto block = EncodeMetaBlock(tags);
  REQUIRE_THAT(block, IsOk());
  return *block;
}

}  // namespace

TEST_CASE("META: a block has the layout that other tools read") {
  const std::string block = BlockOf({{0x0b, "code"}, {0x06, "A"}});
  REQUIRE(block.size() == 262'144);
  CHECK(block.substr(0, 26) ==
        "\x5a\x4b\x3c\x2d\0\0\0\x06\0\0\0\x01"
        "A\0\0\0\x0b\0\0\0\x04"
        "code\0"s);
  CHECK(block.substr(262'140) == "\xa5\xb4\xc3\xd2");
  // The SHA-256 of an empty block as sha256sum(1) tells it.
  const std::string empty = BlockOf({});
  CHECK(empty.substr(262'108, 4) != std::string(4, '\0'));
}

TEST_CASE("META: values are read as they were written") {
  const MetaTags tags = GENERATE(MetaTags{}, MetaTags{{6, ""}}, MetaTags{{0x0a, "a: b\n"}},
                                 MetaTags{{1, "\0\xff"s}, {0xffffffff, std::string(9999, 'x')}});
  const auto decoded = DecodeMeta(BlockOf(tags) + BlockOf({{9, "other"}}));
  REQUIRE_THAT(decoded, IsOk());
  CHECK(*decoded == tags);
}

TEST_CASE("META: values up to the capacity fit, one byte more does not") {
  constexpr size_t kCapacity = 262'144 - 40;
  const MetaTags full = {{6, std::string(kCapacity - 8, 'x')}};
  const auto decoded = DecodeMetaBlock(BlockOf(full));
  REQUIRE_THAT(decoded, IsOk());
  CHECK(*decoded == full);
  CHECK_THAT(EncodeMetaBlock({{6, std::string(kCapacity - 7, 'x')}}),
             StatusIs(absl::StatusCode::kResourceExhausted,
                      "META: the values need more than 262104 bytes"));
  CHECK_THAT(EncodeMetaBlock({{0, "x"}}),
             StatusIs(absl::StatusCode::kInvalidArgument, "META: there is no tag 0"));
}

TEST_CASE("META: if one copy is torn the other counts") {
  std::string copies = BlockOf({{6, "new"}}) + BlockOf({{6, "old"}});
  const auto newest = DecodeMeta(copies);
  REQUIRE_THAT(newest, IsOk());
  CHECK(newest->at(6) == "new");
  const size_t at = GENERATE(0, 9, 13, 262'110, 262'143);
  copies[at] = static_cast<char>(copies[at] ^ 1);
  const auto decoded = DecodeMeta(copies);
  REQUIRE_THAT(decoded, IsOk());
  CHECK(decoded->at(6) == "old");
}

TEST_CASE("META: a fresh partition has no tags, a broken one says what is broken") {
  const auto fresh = DecodeMeta(std::string(2 * kMetaBlockBytes, '\0'));
  REQUIRE_THAT(fresh, IsOk());
  CHECK(fresh->empty());
  std::string torn = BlockOf({{6, "x"}});
  torn[20] = 'y';
  CHECK_THAT(DecodeMeta(torn + std::string(kMetaBlockBytes, 'z')),
             StatusIs(absl::StatusCode::kDataLoss,
                      "META: first copy: the checksum does not fit; second copy: no magic number"));
  CHECK_THAT(DecodeMeta("abc"),
             StatusIs(absl::StatusCode::kDataLoss,
                      "META: first copy: 3 bytes, expected 262144; second copy: 0 bytes, expected "
                      "262144"));
}

}  // namespace ichor
