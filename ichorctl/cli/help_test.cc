#include "ichorctl/cli/help.h"

#include <sstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"

namespace ichor::ctl {

TEST_CASE("help: a command says everything that there is to know about it") {
  std::istringstream in;
  std::ostringstream out;
  const base::FakeClock clock;
  const Session session{.in = in, .out = out, .err = out, .clock = clock};
  bool force = false;
  std::string file = "secrets.yaml";
  std::string hidden;
  const Command command{
      .name = "secrets",
      .aliases = {"s"},
      .summary = "Makes the secrets of a cluster",
      .description = "Keep them safe.",
      .examples = {{.about = "to a file", .line = "tool secrets -o s.yaml"}},
      .flags = {{.name = "output",
                 .letter = 'o',
                 .value = "FILE",
                 .help = "where they go",
                 .target = &file},
                {.name = "old", .value = "X", .help = "", .target = &hidden, .hidden = true}},
      .arguments = {{.name = "NAME", .help = "of the cluster"},
                    {.name = "MORE", .help = "", .required = false, .repeated = true}}};
  const Command root{
      .name = "tool",
      .summary = "A tool",
      .flags = {{.name = "force", .help = "replaces what is there", .target = &force}}};
  CHECK(HelpOf(session, {&root, &command}) ==
        "Makes the secrets of a cluster.\n"
        "\n"
        "Keep them safe.\n"
        "\n"
        "Usage:\n"
        "  tool secrets NAME [MORE…] [flags]\n"
        "\n"
        "Also called:\n"
        "  s\n"
        "\n"
        "Arguments:\n"
        "  NAME  of the cluster\n"
        "  MORE\n"
        "\n"
        "Examples:\n"
        "  # to a file\n"
        "  tool secrets -o s.yaml\n"
        "\n"
        "Flags:\n"
        "  -o, --output FILE  where they go (default secrets.yaml)\n"
        "\n"
        "Flags of every command:\n"
        "      --force  replaces what is there\n");
}

TEST_CASE("help: long lines are cut at blanks") {
  CHECK(Wrapped("one two three", 2, 10) == "  one two\n  three\n");
  CHECK(Wrapped("one\ntwo", 0) == "one\ntwo\n");
  CHECK(Wrapped("unbreakable", 4, 6) == "    unbreakable\n");
}

}  // namespace ichor::ctl
