#include "ichorctl/program.h"

#include <algorithm>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "ichorctl/cli/help.h"
#include "ichorctl/cli/parse.h"
#include "ichorctl/files/test_session.h"

namespace ichor::ctl {
namespace {

// Calls `check` with the path to each command of the tree.
template <class Check>
void ForEach(std::vector<const Command*>& path, const Check& check) {
  check(path);
  for (const Command& command : path.back()->commands) {
    path.push_back(&command);
    ForEach(path, check);
    path.pop_back();
  }
}

}  // namespace

TEST_CASE("program: each command either has commands or does something, and says what") {
  const Command root = NewProgram();
  std::vector<const Command*> path = {&root};
  ForEach(path, [](const std::vector<const Command*>& at) {
    const Command& command = *at.back();
    INFO(NameOf(at));
    CHECK((!command.commands.empty() || command.run || command.name == "help"));
    CHECK_FALSE(command.summary.empty());
    CHECK_FALSE(command.summary.ends_with('.'));
  });
}

TEST_CASE("program: each flag says what it is for") {
  const Command root = NewProgram();
  std::vector<const Command*> path = {&root};
  ForEach(path, [](const std::vector<const Command*>& at) {
    INFO(NameOf(at));
    const auto silent =
        std::ranges::count_if(at.back()->flags, [](const Flag& flag) { return flag.help.empty(); });
    CHECK(silent == 0);
  });
}

TEST_CASE("program: no line of any help is wider than 100 columns, but for examples") {
  TestSession session;
  const Command root = NewProgram();
  std::vector<const Command*> path = {&root};
  ForEach(path, [&](const std::vector<const Command*>& at) {
    const std::string help = HelpOf(*session, at);
    for (size_t start = 0; start < help.size(); start = help.find('\n', start) + 1) {
      const std::string line = help.substr(start, help.find('\n', start) - start);
      INFO(line);
      CHECK((line.size() <= 104 || line.contains("ichorctl ")));  // bytes: a few are in one letter
    }
  });
}

TEST_CASE("program: --help and help say the same") {
  TestSession session;
  CHECK(Run({"gen", "secrets", "--help"}, *session) == 0);
  const std::string help = session.out();
  CHECK(help.starts_with("Makes the secrets of a new cluster.\n"));
  session.Begin();
  CHECK(Run({"help", "gen", "secrets"}, *session) == 0);
  CHECK(session.out() == help);
}

TEST_CASE("program: a mistake ends with 1, what may have been meant, and how it is used") {
  TestSession session;
  CHECK(Run({"gen", "secrts"}, *session) == 1);
  CHECK(session.out().empty());
  CHECK(session.err() ==
        "error: ichorctl gen: no command \"secrts\" (did you mean \"secrets\"?)\n"
        "Usage: ichorctl gen COMMAND\n"
        "ichorctl gen --help says more.\n");
}

TEST_CASE("program: what a new user mistypes or leaves out is told in a sentence") {
  struct Mistake {
    std::vector<std::string> words;
    std::string error;
  };
  const auto mistake = GENERATE(
      Mistake{{"foo"}, "ichorctl: no command \"foo\""},
      Mistake{{"--foo"}, "ichorctl: no flag --foo"},
      Mistake{{"help", "foo"}, "ichorctl: no command \"foo\""},
      Mistake{{"help", "gen", "secret"},
              "ichorctl gen: no command \"secret\" (did you mean \"secrets\"?)"},
      Mistake{{"gen", "config"}, "ichorctl gen config: CLUSTER is missing: the cluster's name"},
      Mistake{{"gen", "config", "home"},
              "ichorctl gen config: ENDPOINT is missing: where the Kubernetes API will be, as "
              "https://host:port"},
      Mistake{{"gen", "config", "home", "10.0.0.1"},
              "the cluster's endpoint \"10.0.0.1\" is no https URL: did you mean "
              "\"https://10.0.0.1:6443\"?"},
      Mistake{{"gen", "config", "home", "https://x:6443", "-t", "foo"},
              "--output-types: \"foo\" is none of controlplane, worker, talosconfig"},
      Mistake{{"gen", "crt"}, "--name is missing: the file is called NAME.crt"},
      Mistake{{"gen", "csr", "--key", "nope"}, "nope: there is no such file"},
      Mistake{
          {"gen", "secureboot", "uki", "--comon-name", "x"},
          "ichorctl gen secureboot uki: no flag --comon-name (did you mean \"--common-name\"?)"},
      Mistake{{"gen", "secureboot", "database", "--signing-key", "nope"},
              "_out/uki-signing-cert.pem: there is no such file"},
      Mistake{{"validate"}, "--config is missing: the file that is validated"},
      Mistake{{"validate", "-c", "nope"},
              "--mode is missing: what the machine is, one of metal, cloud, container"},
      Mistake{{"validate", "-c", "nope", "-m", "metall"},
              "--mode: \"metall\" is none of metal, cloud, container (did you mean \"metal\"?)"},
      Mistake{{"machineconfig", "patch"},
              "ichorctl machineconfig patch: FILE is missing: the config; - is standard input"},
      Mistake{{"machineconfig", "migrate", "nope"}, "nope: there is no such file"},
      Mistake{{"explain"},
              "ichorctl explain: KEY is missing: the keys to it, with dots between them"},
      Mistake{{"explain", "foo"}, "no key is called \"foo\""},
      Mistake{{"config", "add"}, "ichorctl config add: CONTEXT is missing: its name"},
      Mistake{{"config", "context", "nope"}, "there is no context yet: add or merge one"},
      Mistake{
          {"config", "endpoint"},
          "ichorctl config endpoint: ADDRESS is missing: an address or name, perhaps with a port"},
      Mistake{{"config", "info", "-o", "xml"}, "--output: \"xml\" is none of text, json, yaml"},
      Mistake{{"config", "merge", "nope"}, "nope: there is no such file"},
      Mistake{{"config", "remove", "nope"}, "no context to remove is called \"nope\""},
      Mistake{{"config", "new"}, "there is no context yet: add or merge one"},
      Mistake{{"config", "node", "n1"}, "there is no context yet: add or merge one"},
      Mistake{{"config", "proxy-url", "direct"}, "there is no context yet: add or merge one"},
      Mistake{{"completion"}, "ichorctl completion: SHELL is missing: bash, zsh or fish"},
      Mistake{{"completion", "tcsh"}, "no completion for \"tcsh\": there is bash, zsh, fish"},
      Mistake{{"docs", "man"},
              "ichorctl docs man: DIRECTORY is missing: where they go; pages that are there are "
              "replaced"},
      Mistake{{"docs", "config", "x"}, "ichorctl docs config: \"x\" is one argument too many"});
  TestSession session;
  CHECK(Run(mistake.words, *session) == 1);
  CHECK(session.out().empty());
  CHECK(session.err().substr(0, session.err().find('\n')) == "error: " + mistake.error);
}

TEST_CASE("program: output that nobody could read is a failure") {
  TestSession session;
  (*session).out.setstate(std::ios::badbit);
  CHECK(Run({"version", "--client"}, *session) == 1);
  CHECK(session.err() == "error: standard output cannot be written: is the disk full?\n");
}

TEST_CASE("program: each line of an error is one") {
  TestSession session;
  session.Write("secrets.yaml", "cluster: {id: [}");
  CHECK(Run({"config", "new", "--with-secrets", session.PathOf("secrets.yaml")}, *session) == 1);
  CHECK(session.err().starts_with("error: " + session.PathOf("secrets.yaml") + ": 1:"));
}

TEST_CASE("program: its own version needs no node") {
  TestSession session;
  CHECK(Run({"version", "--client", "--short"}, *session) == 0);
  CHECK(session.out().starts_with("Client v1."));
  session.Begin();
  CHECK(Run({"version"}, *session) == 1);
  CHECK(session.err() == "error: there is no context yet: add or merge one\n");
}

TEST_CASE("program: nodes may be named before the command too") {
  TestSession session;
  CHECK(Run({"-n", "10.0.0.2", "memory", "-i", "--cert-fingerprint"}, *session) == 1);
  CHECK(session.err().contains("--cert-fingerprint wants a value"));
  session.Begin();
  CHECK(
      Run({"-n", "not an endpoint", "-e", "x", "memory", "--talosconfig", session.PathOf("config")},
          *session) == 1);
  CHECK(session.err() == "error: there is no context yet: add or merge one\n");
}

TEST_CASE("program: shells are offered commands, flags and contexts") {
  TestSession session;
  session.Write(".talos/config", "contexts: {home: {}}\n");
  CHECK(Run({"__complete", "--", "gen", "secr"}, *session) == 0);
  CHECK(session.out() == "secrets\tMakes the secrets of a new cluster\n:nothing\n");
  session.Begin();
  CHECK(Run({"__complete", "--", "config", "context", ""}, *session) == 0);
  CHECK(session.out() == "home\n:nothing\n");
}

TEST_CASE("program: a key is explained, and a mistyped one is guessed") {
  TestSession session;
  CHECK(Run({"explain", "machine.network.interfaces.dhcp"}, *session) == 0);
  CHECK(session.out().contains("machine.network.interfaces"));
  session.Begin();
  CHECK(Run({"explain", "machine.netwrk"}, *session) == 1);
  CHECK(session.err().contains("network"));
}

TEST_CASE("program: the reference and the schema of the machine config are written") {
  TestSession session;
  CHECK(Run({"docs", "config"}, *session) == 0);
  CHECK(session.out().contains("LinkConfig"));
  session.Begin();
  CHECK(Run({"docs", "schema"}, *session) == 0);
  CHECK(session.out().starts_with("{"));
}

TEST_CASE("program: there is a man page for each command") {
  TestSession session;
  CHECK(Run({"docs", "man", session.PathOf("man")}, *session) == 0);
  CHECK(session.Read("man/ichorctl-gen-secrets.1").contains(".SH EXAMPLES\n"));
  CHECK(session.Exists("man/ichorctl.1"));
}

}  // namespace ichor::ctl
