#include "lib/early/environment_block.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

namespace ichor::early {
namespace {

EnvironmentBlock Block(std::string_view lines) {
  EnvironmentBlock block;
  block.fill('#');
  const std::string text = "# GRUB Environment Block\n" + std::string(lines);
  std::ranges::copy(text, block.begin());
  return block;
}

std::string_view LinesOf(const EnvironmentBlock& block) {
  const std::string_view all(block.data(), block.size());
  const std::size_t begin = all.find('\n') + 1;
  return all.substr(begin, all.find('#', begin) - begin);
}

}  // namespace

TEST_CASE("environment block: a variable is found by its whole name") {
  const auto block = Block("ichor_try=B\nichor=1\n");
  CHECK(GetVariable(block, "ichor_try") == "B");
  CHECK(GetVariable(block, "ichor") == "1");
  CHECK_FALSE(GetVariable(block, "ichor_tr").has_value());
  CHECK_FALSE(GetVariable(Block(""), "ichor").has_value());
}

TEST_CASE("environment block: what is set comes last, and others stay") {
  auto block = Block("a=1\nb=2\nc=3\n");
  CHECK(SetVariable(block, "b", "4"));
  CHECK(LinesOf(block) == "a=1\nc=3\nb=4\n");
  CHECK(SetVariable(block, "a", ""));
  CHECK(LinesOf(block) == "c=3\nb=4\n");
  CHECK(IsEnvironment(block));
  CHECK(block.back() == '#');
}

TEST_CASE("environment block: what does not fit changes nothing") {
  auto block = Block("a=1\n");
  const auto before = block;
  CHECK_FALSE(SetVariable(block, "b", std::string(kEnvironmentBytes - 20, 'x')));
  CHECK(block == before);
  CHECK(SetVariable(block, "b", std::string(kEnvironmentBytes - 25 - 4 - 3, 'x')));
  CHECK(block.back() == '\n');
  CHECK(GetVariable(block, "a") == "1");
}

TEST_CASE("environment block: other bytes are none, and have no variables") {
  EnvironmentBlock block{};
  CHECK_FALSE(IsEnvironment(block));
  CHECK_FALSE(GetVariable(block, "").has_value());
  CHECK_FALSE(IsEnvironment(std::span(block).first(10)));
  CHECK(SetVariable(block, "a", "1"));
  CHECK(IsEnvironment(block));
}

}  // namespace ichor::early
