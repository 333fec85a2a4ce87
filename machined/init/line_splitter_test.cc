#include "machined/init/line_splitter.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {
namespace {

std::vector<std::string> Lines(LineSplitter& splitter, const std::string& text) {
  std::vector<std::string> out;
  auto bytes = std::as_bytes(std::span(text));
  while (splitter.Take(bytes))
    out.emplace_back(splitter.line());
  return out;
}

}  // namespace

TEST_CASE("init lines: a line is whole with its line feed, however it arrives") {
  LineSplitter splitter;
  CHECK(Lines(splitter, "on").empty());
  CHECK(Lines(splitter, "e\n\ntwo\nthr") == std::vector<std::string>{"one", "", "two"});
  CHECK(Lines(splitter, "ee\n") == std::vector<std::string>{"three"});
}

TEST_CASE("init lines: a long line comes in pieces") {
  LineSplitter splitter;
  const std::string full(LineSplitter::kMax, 'x');
  CHECK(Lines(splitter, full + "yz\n") == std::vector<std::string>{full, "yz"});
  CHECK(Lines(splitter, full + "\n") == std::vector<std::string>{full});
}

}  // namespace ichor::init
