#include "lib/dashboard/graph.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::dashboard {
namespace {

using Rows = std::vector<std::string>;

History Of(const std::vector<double>& values) {
  History history;
  for (const double value : values) {
    history.Add(value);
  }
  return history;
}

}  // namespace

TEST_CASE("graph: the newest value is at the right, and the oldest ones go") {
  CHECK(Graph(Of({0, 0.5, 1}), 5, 1, 1, Blocks::kEighths) == Rows{"   ▄█"});
  CHECK(Graph(Of({1, 0.25, 1}), 2, 1, 1, Blocks::kShades) == Rows{"░█"});
}

TEST_CASE("graph: rows are filled from below, and a little is not nothing") {
  CHECK(Graph(Of({0.001, 1, 0}), 3, 2, 1, Blocks::kAscii) == Rows{" # ", ".# "});
}

TEST_CASE("graph: without a top the largest value is it, and nothing is drawn of nothing") {
  CHECK(Graph(Of({50, 100}), 2, 1, 0, Blocks::kAscii) == Rows{":#"});
  CHECK(Graph(Of({0, 0}), 2, 1, 0, Blocks::kAscii) == Rows{"  "});
  CHECK(Graph(Of({}), 3, 2, 0, Blocks::kAscii) == Rows{"   ", "   "});
  CHECK(Graph(Of({1}), 0, 0, 0, Blocks::kAscii).empty());
}

}  // namespace ichor::dashboard
