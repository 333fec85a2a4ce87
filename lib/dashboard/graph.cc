#include "lib/dashboard/graph.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace ichor::dashboard {
namespace {

// From nothing to all of a letter.
std::vector<std::string_view> LettersOf(Blocks blocks) {
  switch (blocks) {
    case Blocks::kEighths:
      return {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    case Blocks::kShades:
      return {" ", "░", "▒", "▓", "█"};
    case Blocks::kAscii:
      break;
  }
  return {" ", ".", ":", "#"};
}

}  // namespace

std::vector<std::string> Graph(const History& history, int columns, int rows, double top,
                               Blocks blocks) {
  const std::vector<std::string_view> letters = LettersOf(blocks);
  const auto steps = static_cast<int>(letters.size()) - 1;
  const std::deque<double>& values = history.values();
  if (top <= 0 && !values.empty()) {
    top = *std::ranges::max_element(values);
  }
  const auto width = static_cast<size_t>(std::max(columns, 0));
  const size_t shown = std::min(width, values.size());
  std::vector<std::string> lines(static_cast<size_t>(std::max(rows, 0)),
                                 std::string(width - shown, ' '));
  for (size_t i = values.size() - shown; i < values.size(); ++i) {
    const double share = top > 0 ? std::clamp(values[i] / top, 0.0, 1.0) : 0;
    int height = static_cast<int>(std::lround(share * rows * steps));
    if (height == 0 && share > 0) {
      height = 1;  // a little is not nothing
    }
    for (int row = 0; row < rows; ++row) {
      const int of_row = std::clamp(height - (rows - 1 - row) * steps, 0, steps);
      lines[static_cast<size_t>(row)] += letters[static_cast<size_t>(of_row)];
    }
  }
  return lines;
}

}  // namespace ichor::dashboard
