// What a resource costs in memory.
#pragma once

#include "bench/figure.h"

namespace ichor::bench {

// Growth of the resident set by 100,000 small resources, for each. To be called before other
// measurements: memory that they freed would be used again and hide the growth.
Figure MeasureMemory();

}  // namespace ichor::bench
