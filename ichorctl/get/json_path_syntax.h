// The parts of a JSONPath once it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ichorctl/get/json_path.h"

namespace ichor::ctl {

// One step from a value to others.
struct JsonPath::Step {
  enum class Kind : std::uint8_t { kKey, kSlice, kIndex, kAll, kBelow, kFilter };

  Kind kind = Kind::kKey;
  std::string key{};           // kKey
  std::optional<int> begin{};  // kIndex, kSlice; negative: from the end
  std::optional<int> end{};    // kSlice
  // kFilter: the values whose `left` compares so with `right`; all that have `left` without one.
  std::vector<Step> left{};
  std::string comparison{};  // "==", "!=", "<", "<=", ">", ">="; empty: none
  std::string right{};
};

// A piece of the text.
struct JsonPath::Piece {
  enum class Kind : std::uint8_t { kText, kPath, kRange };

  Kind kind = Kind::kText;
  std::string text{};         // kText
  std::vector<Step> path{};   // kPath, kRange
  std::vector<Piece> body{};  // kRange: for each value of the path
};

}  // namespace ichor::ctl
