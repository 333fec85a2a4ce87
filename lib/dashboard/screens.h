// The pages of the dashboard, drawn into memory. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dashboard/view.h"

namespace ichor::dashboard {

// Which letters draw graphs: a terminal has eighths of blocks, the kernel's console shades, and a
// serial line neither.
enum class Blocks : std::uint8_t { kEighths, kShades, kAscii };

// What the terminal can.
struct Paper {
  int columns = 80;
  int rows = 24;
  bool colours = false;
  Blocks blocks = Blocks::kAscii;
};

// The page that `view` is at, as exactly `paper.rows` lines of `paper.columns` letters. Without
// colours they have no escape sequence. `nodes` has one at least.
std::vector<std::string> Lines(const std::vector<Model>& nodes, const View& view,
                               const Paper& paper, base::WallTime now);

// The bytes that draw lines over what stood on a terminal, without flicker; no cursor is shown. See
// console_codes(4).
std::string DrawingOf(const std::vector<std::string>& lines);

}  // namespace ichor::dashboard
