#include "lib/yaml/write.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/yaml/document.h"

namespace ichor::yml {
namespace {

TEST_CASE("write: what was read means the same in blocks and on one line") {
  const std::string text =
      GENERATE(as<std::string>(), "a: 1\nb: [x, '2', ~, 'a, b', \"?\", ':c']\n",
               "? " + std::string(1500, 'k') + "\n: {'?': ':'}\n", "folded: a\n\n  b\n",
               "bytes: !!binary /w==\n", "'': ''\n? |\n  two\n  lines\n: - - x\n",
               "a: |2\n   indented\n\n", "[?x, -1, .5, 2001-01-01]\n");
  Source source{.file = {}, .text = text};
  const auto read = ReadDocument(source);
  REQUIRE_THAT(read, base::IsOk());
  for (const std::string& written : {Write(*read, {}), WriteFlow(*read)}) {
    INFO(written);
    Source copy{.file = {}, .text = written};
    const auto again = ReadDocument(copy);
    REQUIRE_THAT(again, base::IsOk());
    CHECK(SameValue(*read, *again));
  }
}

}  // namespace
}  // namespace ichor::yml
