// Values over time as letters. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/dashboard/figures.h"
#include "lib/dashboard/screens.h"

namespace ichor::dashboard {

// `rows` lines of `columns` letters: the last values, the newest one at the right, of which `top`
// fills a column; if it is 0, the largest value does.
std::vector<std::string> Graph(const History& history, int columns, int rows, double top,
                               Blocks blocks);

}  // namespace ichor::dashboard
