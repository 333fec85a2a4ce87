// One line of the table of figures: what was measured, and what it must be.
#pragma once

#include <concepts>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"

namespace ichor::bench {

enum class Better { kHigher, kLower };

struct Figure {
  std::string name;
  std::string unit;
  double limit = 0;
  Better better = Better::kLower;
  std::vector<double> samples;  // one per round, in `unit`; at least one
};

// The best sample: what the code costs when the machine does nothing else. Its limit is compared with this.
double BestOf(const Figure& figure);

double MedianOf(const Figure& figure);

bool WithinLimit(const Figure& figure);

// A line per figure: best, median, limit, and whether it is kept.
std::string Table(const std::vector<Figure>& figures);

// A list of {"name", "value", "unit", "limit", "better"}; the value is the best sample.
std::string Json(const std::vector<Figure>& figures);

// Seconds that `work` takes.
template <std::invocable F>
double SecondsOf(F&& work) {
  const base::RealClock clock;
  const base::MonotonicTime start = clock.Monotonic();
  work();
  return std::chrono::duration<double>(clock.Monotonic() - start).count();
}

}  // namespace ichor::bench
