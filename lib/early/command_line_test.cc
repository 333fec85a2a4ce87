#include "lib/early/command_line.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::early {
namespace {

std::vector<std::string> Split(std::string_view line) {
  std::vector<std::string> out;
  while (const auto argument = NextArgument(line)) {
    out.push_back(std::string(argument->key) +
                  (argument->has_value ? "|" + std::string(argument->value) : ""));
  }
  return out;
}

}  // namespace

TEST_CASE("early command line: arguments are split at white space outside of quotes") {
  CHECK(Split("quiet  a=b\tc=\n").size() == 3);
  CHECK(Split("quiet a=b c=") == std::vector<std::string>{"quiet", "a|b", "c|"});
  CHECK(Split("a=\"b c\" \"d=e f\" g=h=i") == std::vector<std::string>{"a|b c", "d|e f", "g|h=i"});
  CHECK(Split(" \n ").empty());
}

TEST_CASE("early command line: a quote without an end reaches to the end of the line") {
  CHECK(Split("a=\"b c d=e") == std::vector<std::string>{"a|b c d=e"});
  CHECK(Split("\"") == std::vector<std::string>{""});
}

TEST_CASE("early command line: the last value counts") {
  CHECK(FindValue("ichor.root=1 ichor.root=2 ichor.root", "ichor.root") == "2");
  CHECK_FALSE(FindValue("ichor.rootx=1 ichor.root", "ichor.root").has_value());
}

TEST_CASE("early command line: what is beyond the bound is not looked at") {
  const std::string line = "a=1 " + std::string(kMaxCommandLine, 'x') + " a=2";
  CHECK(FindValue(line, "a") == "1");
}

}  // namespace ichor::early
