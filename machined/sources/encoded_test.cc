#include "machined/sources/encoded.h"

#include <zlib.h>
#include <zstd.h>

#include <string>

#include "absl/strings/escaping.h"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr const char* kTooLarge = "the config is larger than 4194304 bytes";

std::string Zstd(const std::string& plain) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 3));
  return packed;
}

std::string Gzip(const std::string& plain) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  std::string in = plain;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST_CASE("encoded: an argument is base64 of zstd, of a config that is not too large") {
  const std::string config(100'000, 'c');
  CHECK(*DecodeArgument(absl::Base64Escape(Zstd(config))) == config);
  const std::string largest(4 << 20, 'c');
  CHECK(*DecodeArgument(absl::Base64Escape(Zstd(largest))) == largest);
  CHECK_THAT(DecodeArgument(absl::Base64Escape(Zstd(largest + "c"))),
             StatusIs(absl::StatusCode::kResourceExhausted, kTooLarge));
}

TEST_CASE("encoded: an argument that is something else is refused with the reason") {
  CHECK_THAT(DecodeArgument("!"),
             StatusIs(absl::StatusCode::kInvalidArgument, "the argument is no base64"));
  CHECK_THAT(DecodeArgument(absl::Base64Escape("version: v1alpha1")),
             StatusIs(absl::StatusCode::kInvalidArgument, "zstd: Unknown frame descriptor"));
  const std::string packed = Zstd("version: v1alpha1");
  CHECK_THAT(DecodeArgument(absl::Base64Escape(packed.substr(0, packed.size() - 1))),
             StatusIs(absl::StatusCode::kInvalidArgument, "zstd: the end is missing"));
  CHECK_THAT(DecodeArgument(""),
             StatusIs(absl::StatusCode::kInvalidArgument, "zstd: the end is missing"));
}

TEST_CASE("encoded: gzip is unpacked, and other bytes stay as they are") {
  const std::string config(200'000, 'c');
  CHECK(*Unpack(Gzip(config)) == config);
  CHECK(*Unpack("plain") == "plain");
  CHECK(Unpack("")->empty());
  CHECK_THAT(Unpack(Gzip(std::string((4 << 20) + 1, 'c'))),
             StatusIs(absl::StatusCode::kResourceExhausted, kTooLarge));
  const std::string packed = Gzip(config);
  CHECK_THAT(Unpack(packed.substr(0, packed.size() / 2)),
             StatusIs(absl::StatusCode::kInvalidArgument, "gzip: the end is missing"));
  CHECK_THAT(Unpack("\x1f\x8b rubbish and more of it"),
             StatusIs(absl::StatusCode::kInvalidArgument, "gzip: the data is damaged"));
}

}  // namespace
}  // namespace ichor
