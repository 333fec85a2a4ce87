// Time from a source's publication until everything that depends on it has settled.
#pragma once

#include <vector>

#include "bench/figure.h"

namespace ichor::bench {

// One change through a chain; one row of many; everything at once. Making the rows that the source
// publishes counts.
std::vector<Figure> MeasureSettle(int rounds);

}  // namespace ichor::bench
