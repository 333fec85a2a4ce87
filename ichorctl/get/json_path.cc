#include "ichorctl/get/json_path.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ichorctl/get/json.h"
#include "ichorctl/get/json_path_syntax.h"
#include "lib/yaml/number.h"

namespace ichor::ctl {
namespace {

using Step = JsonPath::Step;
using Piece = JsonPath::Piece;
using Values = std::vector<const yml::Node*>;

Values Follow(const yml::Node& value, const std::vector<Step>& path);

std::string TextOf(const yml::Node& value) {
  if (!value.IsScalar()) {
    return ToJson(value);
  }
  return value.IsNull() ? "" : std::string(value.text);
}

// [begin, end) of a list of `size`, as Python's slices; an index is a slice of one.
std::pair<int, int> Bounds(const Step& step, int size) {
  const auto from_end = [size](int index) { return index < 0 ? index + size : index; };
  const int begin = from_end(step.begin.value_or(0));
  if (step.kind == Step::Kind::kIndex) {
    return begin < 0 ? std::pair(0, 0)
                     : std::pair(std::min(begin, size), std::min(begin + 1, size));
  }
  const int end = std::clamp(from_end(step.end.value_or(size)), 0, size);
  return {std::clamp(begin, 0, end), end};
}

bool Compare(std::string_view left, std::string_view comparison, std::string_view right) {
  const std::optional<double> left_number = yml::ParseFloat(left);
  const std::optional<double> right_number = yml::ParseFloat(right);
  const bool numbers = left_number && right_number;
  const bool less = numbers ? *left_number < *right_number : left < right;
  const bool equal = numbers ? *left_number == *right_number : left == right;
  if (comparison == "==" || comparison == "!=") {
    return equal == (comparison == "==");
  }
  if (comparison.starts_with('<')) {
    return less || (equal && comparison == "<=");
  }
  return !less && (!equal || comparison == ">=");
}

bool Passes(const yml::Node& value, const Step& filter) {
  const Values found = Follow(value, filter.left);
  return std::ranges::any_of(found, [&](const yml::Node* one) {
    return filter.comparison.empty() || Compare(TextOf(*one), filter.comparison, filter.right);
  });
}

void AddBelow(const yml::Node& value, Values& out) {
  out.push_back(&value);
  for (const yml::Node& child : value.children) {
    AddBelow(child, out);
  }
}

void AddStep(const yml::Node& value, const Step& step, Values& out) {
  switch (step.kind) {
    case Step::Kind::kKey:
      if (const yml::Node* const child = value.IsMapping() ? value.Find(step.key) : nullptr) {
        out.push_back(child);
      }
      return;
    case Step::Kind::kIndex:
    case Step::Kind::kSlice:
      if (value.IsSequence()) {
        const auto [begin, end] = Bounds(step, static_cast<int>(value.children.size()));
        for (int i = begin; i < end; ++i) {
          out.push_back(&value.children[static_cast<size_t>(i)]);
        }
      }
      return;
    case Step::Kind::kBelow:
      return AddBelow(value, out);
    case Step::Kind::kAll:
    case Step::Kind::kFilter:
      for (const yml::Node& child : value.children) {
        if (step.kind == Step::Kind::kAll || Passes(child, step)) {
          out.push_back(&child);
        }
      }
      return;
  }
}

Values Follow(const yml::Node& value, const std::vector<Step>& path) {
  Values values = {&value};
  for (const Step& step : path) {
    Values next;
    for (const yml::Node* const one : values) {
      AddStep(*one, step, next);
    }
    values = std::move(next);
  }
  return values;
}

void AppendPieces(const std::vector<Piece>& pieces, const yml::Node& value, std::string& out) {
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kText) {
      out += piece.text;
      continue;
    }
    const Values values = Follow(value, piece.path);
    for (const yml::Node* const one : values) {
      if (piece.kind == Piece::Kind::kRange) {
        AppendPieces(piece.body, *one, out);
      } else {
        out += (one == values.front() ? "" : " ") + TextOf(*one);
      }
    }
  }
}

}  // namespace

std::string JsonPath::Evaluate(const yml::Node& value) const {
  std::string out;
  AppendPieces(*pieces_, value, out);
  return out;
}

}  // namespace ichor::ctl
