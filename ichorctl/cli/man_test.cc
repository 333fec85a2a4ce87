#include "ichorctl/cli/man.h"

#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::ctl {

TEST_CASE("man: each command has a page, in groff's language") {
  bool force = false;
  const Command root{.name = "tool",
                     .summary = "A tool",
                     .commands = {{.name = "gen",
                                   .summary = "Makes re-usable things",
                                   .flags = {{.name = "force",
                                              .letter = 'f',
                                              .help = ".begins with a dot…",
                                              .target = &force}}},
                                  {.name = "__hidden", .summary = "", .hidden = true}}};
  const auto pages = ManPages(root);
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].first == "tool.1");
  CHECK(pages[1].first == "tool-gen.1");
  const std::string& text = pages[1].second;
  CHECK(text.starts_with(".TH TOOL\\-GEN 1 "));
  CHECK(text.contains(".SH NAME\ntool\\-gen \\- Makes re\\-usable things\n"));
  CHECK(text.contains(".TP\n\\fB\\-f, \\-\\-force\\fR\n\\&.begins with a dot\\[u2026]\n"));
}

}  // namespace ichor::ctl
