#include "ichorctl/cli/parse.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

namespace {

using Words = std::vector<std::string>;

// A small program with every kind of flag.
struct Program {
  std::vector<std::string> nodes;
  bool force = false;
  bool docs = true;
  int hours = 24;
  std::string output = "out";
  std::vector<std::string> patches;
  std::string shell;
  Invocation got;
  Command root{
      .name = "tool",
      .summary = "A tool",
      .flags = {{.name = "nodes",
                 .letter = 'n',
                 .value = "NODE",
                 .help = "",
                 .target = &nodes,
                 .split = true}},
      .commands = {
          {.name = "gen",
           .aliases = {"g"},
           .summary = "Makes things",
           .flags = {{.name = "force", .letter = 'f', .help = "", .target = &force}},
           .commands = {
               {.name = "key",
                .summary = "Makes a key",
                .flags = {{.name = "docs", .help = "", .target = &docs},
                          {.name = "hours", .value = "N", .help = "", .target = &hours},
                          {.name = "output",
                           .letter = 'o',
                           .value = "FILE",
                           .help = "",
                           .target = &output},
                          {.name = "patch",
                           .letter = 'p',
                           .value = "PATCH",
                           .help = "",
                           .target = &patches},
                          {.name = "shell",
                           .value = "SHELL",
                           .help = "",
                           .target = &shell,
                           .words = {"bash", "zsh"}}},
                .arguments = {{.name = "NAME", .help = "what it is called"},
                              {.name = "MORE", .help = "", .required = false}}},
               {.name = "list",
                .summary = "Lists",
                .arguments = {
                    {.name = "ITEM", .help = "", .required = false, .repeated = true}}}}}}};

  absl::Status Run(const Words& words) { return Parse(root, words, got); }
};

}  // namespace

TEST_CASE("parse: flags stand before, between and behind commands and arguments") {
  Program program;
  REQUIRE_THAT(
      program.Run({"-n", "10.0.0.1", "gen", "key", "--hours=12", "name", "-fo-", "--nodes", "a,b"}),
      IsOk());
  CHECK(NameOf(program.got.path) == "tool gen key");
  CHECK(program.got.arguments == Words{"name"});
  CHECK(program.nodes == Words{"10.0.0.1", "a", "b"});
  CHECK(program.force);
  CHECK(program.hours == 12);
  CHECK(program.output == "-");
}

TEST_CASE("parse: values are taken as they are, whatever they look like") {
  Program program;
  const std::string value =
      GENERATE(as<std::string>(), "", "-", "{}", "[a,b]", R"([{"op": "remove", "path": "/x"}])",
               "- op: remove", "gen", "a=b", "a b\nc", "{", "[", "--", "%%", "\"quoted\"", "@file");
  if (GENERATE(false, true) && value != "--") {
    REQUIRE_THAT(program.Run({"gen", "key", "--patch=" + value, "-p", value, "n", "more"}), IsOk());
  } else {
    REQUIRE_THAT(program.Run({"gen", "key", "n", "-p", value, "--patch", value, "more"}), IsOk());
  }
  CHECK(program.patches == Words{value, value});
  CHECK(program.got.arguments == Words{"n", "more"});
}

TEST_CASE("parse: flags may stand before the command that they are of") {
  Program program;
  const Words words =
      GENERATE(Words{"-f", "-n", "a", "--hours", "2", "g", "key", "n", "more"},
               Words{"--force", "--nodes=a", "--hours=2", "gen", "key", "n", "more"},
               Words{"-na", "gen", "key", "n", "--force", "more", "--hours", "2"});
  REQUIRE_THAT(program.Run(words), IsOk());
  CHECK(program.force);
  CHECK(program.nodes == Words{"a"});
  CHECK(program.hours == 2);
  CHECK(program.got.arguments == Words{"n", "more"});
}

TEST_CASE("parse: arguments may be called like commands, and behind -- like flags") {
  Program program;
  REQUIRE_THAT(program.Run({"gen", "list", "gen", "list", "--", "-x", "--force"}), IsOk());
  CHECK(program.got.arguments == Words{"gen", "list", "-x", "--force"});
  CHECK_FALSE(program.force);
}

TEST_CASE("parse: a switch may be turned off, and the last value of one counts") {
  Program program;
  REQUIRE_THAT(program.Run({"g", "key", "--docs=false", "n", "-o", "a", "--output", "b"}), IsOk());
  CHECK_FALSE(program.docs);
  CHECK(program.output == "b");
}

TEST_CASE("parse: asked for help, nothing else matters") {
  Program program;
  const Words words = GENERATE(Words{"gen", "key", "--help"},
                               Words{"--help", "gen", "key", "--nope"}, Words{"gen", "-h", "key"});
  REQUIRE_THAT(program.Run(words), IsOk());
  CHECK(program.got.help);
  CHECK(NameOf(program.got.path) == "tool gen key");
}

TEST_CASE("parse: mistakes are named, with what may have been meant") {
  struct Mistake {
    Words words;
    std::string message;
  };
  const auto mistake = GENERATE(
      Mistake{.words = {"gne"}, .message = R"(tool: no command "gne" (did you mean "gen"?))"},
      Mistake{.words = {"gen", "kye"},
              .message = R"(tool gen: no command "kye" (did you mean "key"?))"},
      Mistake{.words = {"gen", "key", "n", "--ouput", "x"},
              .message = R"(tool gen key: no flag --ouput (did you mean "--output"?))"},
      Mistake{.words = {"gen", "key", "n", "--ouput=x"},
              .message = R"(tool gen key: no flag --ouput (did you mean "--output"?))"},
      Mistake{.words = {"gen", "key", "-z", "n"}, .message = "tool gen key: no flag -z"},
      Mistake{.words = {"gen", "key"},
              .message = "tool gen key: NAME is missing: what it is called"},
      Mistake{.words = {"gen", "key", "a", "b", "c"},
              .message = R"(tool gen key: "c" is one argument too many)"},
      Mistake{.words = {"gen", "key", "a", "--hours", "x"},
              .message = R"(--hours: "x" is no number)"},
      Mistake{.words = {"gen", "key", "a", "--hours"}, .message = "--hours wants a value"},
      Mistake{.words = {"gen", "key", "a", "--docs=maybe"},
              .message = R"(--docs: "maybe" is neither true nor false)"},
      Mistake{.words = {"gen", "key", "a", "--shell", "bsh"},
              .message = R"(--shell: "bsh" is none of bash, zsh (did you mean "bash" or "zsh"?))"});
  Program program;
  CHECK_THAT(program.Run(mistake.words),
             StatusIs(absl::StatusCode::kInvalidArgument, mistake.message));
}

TEST_CASE("parse: nothing typed is the program itself") {
  Program program;
  REQUIRE_THAT(program.Run({}), IsOk());
  CHECK(NameOf(program.got.path) == "tool");
}

}  // namespace ichor::ctl
