#include "ichorctl/cli/complete.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

using base::StatusIs;

namespace {

std::string Offered(const std::vector<std::string>& words) {
  bool force = false;
  std::string text;
  const Command root{
      .name = "tool",
      .summary = "",
      .flags = {{.name = "context",
                 .value = "C",
                 .help = "which one",
                 .target = &text,
                 .completes = Completes::kContext}},
      .commands = {
          {.name = "gen",
           .summary = "Makes things",
           .flags = {{.name = "force", .letter = 'f', .help = "replaces", .target = &force},
                     {.name = "output",
                      .letter = 'o',
                      .value = "FILE",
                      .help = "where",
                      .target = &text,
                      .completes = Completes::kFile},
                     {.name = "mode",
                      .value = "MODE",
                      .help = "how",
                      .target = &text,
                      .words = {"metal", "cloud"}}},
           .arguments = {{.name = "FILE", .help = "", .completes = Completes::kFile}}},
          {.name = "get", .summary = "Gets"},
          {.name = "__hidden", .summary = "", .hidden = true}}};
  return ToLines(Complete(root, words, [] { return std::vector<std::string>{"home", "work"}; }));
}

}  // namespace

TEST_CASE("complete: commands, with what they do") {
  CHECK(Offered({""}) == "gen\tMakes things\nget\tGets\n:nothing\n");
  CHECK(Offered({}) == Offered({""}));
  CHECK(Offered({"gen"}) == "gen\tMakes things\n:nothing\n");
  CHECK(Offered({"ge"}) == "gen\tMakes things\nget\tGets\n:nothing\n");
}

TEST_CASE("complete: flags of the command and of those above it") {
  CHECK(Offered({"gen", "--"}) ==
        "--force\treplaces\n--output\twhere\n--mode\thow\n--context\twhich one\n--help\tsays what "
        "there is\n:nothing\n");
  CHECK(Offered({"gen", "--fo"}) == "--force\treplaces\n:nothing\n");
}

TEST_CASE("complete: values of flags, with and without a sign between") {
  CHECK(Offered({"gen", "--mode", ""}) == "metal\ncloud\n:nothing\n");
  CHECK(Offered({"gen", "--mode=c"}) == "--mode=cloud\n:nothing\n");
  CHECK(Offered({"gen", "-o", ""}) == ":file\n");
  CHECK(Offered({"--context", "h"}) == "home\n:nothing\n");
}

TEST_CASE("complete: arguments, once") {
  CHECK(Offered({"gen", "-f", ""}) == ":file\n");
  CHECK(Offered({"gen", "x", ""}) == ":nothing\n");
  CHECK(Offered({"gen", "--", ""}) == ":file\n");
}

TEST_CASE("complete: there are scripts for three shells") {
  CHECK(CompletionScript("bash")->contains("complete -F _ichorctl ichorctl"));
  CHECK(CompletionScript("zsh")->starts_with("#compdef ichorctl"));
  CHECK(CompletionScript("fish")->contains("complete -c ichorctl"));
  CHECK_THAT(CompletionScript("tcsh"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "no completion for \"tcsh\": there is bash, zsh, fish"));
}

}  // namespace ichor::ctl
