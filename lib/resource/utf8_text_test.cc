#include "lib/resource/utf8_text.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor {

TEST_CASE("utf-8 text: valid text stays, other bytes are replaced one by one") {
  const auto [bytes, text] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"a\nb", "a\nb"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"gr\xfc", "gr\xef\xbf\xbd"},
      {"\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xc3", "\xef\xbf\xbd"},
      {"\xed\xa0\x80x", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx"},
  }));
  CHECK(Utf8Text(bytes) == text);
}

}  // namespace ichor
