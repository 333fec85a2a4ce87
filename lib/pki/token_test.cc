#include "lib/pki/token.h"

#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::pki {

TEST_CASE("token: new ones have the form of tokens, use the whole alphabet, and never repeat") {
  std::set<std::string> tokens;
  std::set<char> letters;
  constexpr int kMany = 200;
  for (int i = 0; i < kMany; ++i) {
    const Secret token = NewToken();
    REQUIRE(IsToken(token.text()));
    tokens.insert(token.text());
    letters.insert(token.text().begin(), token.text().end());
  }
  CHECK(tokens.size() == kMany);
  CHECK(letters.size() == 37);  // and the dot
}

TEST_CASE("token: other texts are none") {
  const std::string text = GENERATE(as<std::string>(), "", "abcdef", "abcdef.0123456789abcde",
                                    "abcdef.0123456789abcdefg", "ABCDEF.0123456789abcdef",
                                    "abcde.f0123456789abcdef", "abcdef.0123456789abcde-");
  CHECK_FALSE(IsToken(text));
}

TEST_CASE("token: symmetric keys are 32 bytes in base64") {
  const Secret key = NewSymmetricKey();
  CHECK(IsSymmetricKey(key.text()));
  CHECK_FALSE(key == NewSymmetricKey());
  CHECK_FALSE(IsSymmetricKey(""));
  CHECK_FALSE(IsSymmetricKey(key.text().substr(1)));
  CHECK_FALSE(IsSymmetricKey(std::string(44, '!')));
}

}  // namespace ichor::pki
