#include "lib/early/sha256.h"

#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/early/text.h"

namespace ichor::early {
namespace {

std::string Hex(const Sha256Digest& digest) {
  std::string out(64, ' ');
  ToHex(digest, out);
  return out;
}

std::string HexOf(std::string_view text) {
  return Hex(Sha256Of(std::as_bytes(std::span(text))));
}

}  // namespace

// The examples of FIPS 180-4 (NIST, "Example Algorithms", SHA-256).
TEST_CASE("early sha256: the standard's examples come out") {
  CHECK(HexOf("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(HexOf("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(HexOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(HexOf(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("early sha256: how the message is cut does not matter") {
  const std::size_t size = GENERATE(55U, 56U, 63U, 64U, 65U, 119U, 120U, 1000U);
  const std::string text(size, 'x');
  Sha256 hash;
  for (std::size_t i = 0; i < size; i += 7)
    hash.Update(std::as_bytes(std::span(text)).subspan(i, std::min<std::size_t>(7, size - i)));
  CHECK(Hex(hash.Finish()) == HexOf(text));
}

}  // namespace ichor::early
