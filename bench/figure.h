// One line of the table of figures: what was measured, and what it must be.
#pragma once

#include <concepts>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

namespace ichor::bench {

enum class Better : std::uint8_t { kHigher, kLower };

struct Figure {
  std::string name;
  std::string unit;
  double limit = 0;
  Better better = Better::kLower;
  std::vector<double> samples;  // one per round, in `unit`; at least one
};

// The best sample: what the code costs when the machine does nothing else. Its limit is compared
// with this.
double BestOf(const Figure& figure);

double MedianOf(const Figure& figure);

bool WithinLimit(const Figure& figure);

// A line per figure: best, median, limit, and whether it is kept.
std::string Table(const std::vector<Figure>& figures);

// A list of {"name", "value", "unit", "limit", "better"}; the value is the best sample.
std::string Json(const std::vector<Figure>& figures);

// Seconds of processor time that `work` takes, to a microsecond. Nothing here waits for anything,
// so on an idle machine this is the time that passes; on a busy one it leaves out the others.
template <std::invocable F>
double SecondsOf(F&& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace ichor::bench
