// Creating, updating, reading and listing resources with small opaque specs.
#pragma once

#include <vector>

#include "bench/figure.h"

namespace ichor::bench {

// Rates with 10,000 and with 100,000 rows of one kind; the time of a list of 10,000.
std::vector<Figure> MeasureStore(int rounds);

}  // namespace ichor::bench
