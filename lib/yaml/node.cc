#include "lib/yaml/node.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "lib/yaml/scalar.h"
#include "lib/yaml/text.h"

namespace ichor::yml {
namespace {

Node Made(const Source& source, Node::Kind kind, std::string_view text) {
  return {.kind = kind, .source = &source, .text = text};
}

bool SameMapping(const Node& left, const Node& right) {
  if (left.children.size() != right.children.size()) return false;
  for (size_t i = 0; i < left.children.size(); ++i) {
    const Node& mine = left.children[i];
    const bool aligned = right.children[i].key == mine.key;  // the usual case, without a search
    const Node* theirs = aligned ? &right.children[i] : right.Find(mine.key);
    if (theirs == nullptr || !SameValue(mine, *theirs)) return false;
  }
  return true;
}

}  // namespace

std::string ToString(const Place& place) {
  return Cat(place.line, ":", place.column);
}

std::vector<std::uint32_t> LineStarts(std::string_view text) {
  std::vector<std::uint32_t> starts = {0};
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts.push_back(static_cast<std::uint32_t>(at + 1));
  }
  return starts;
}

Place PlaceOf(const Source& source, std::uint32_t offset) {
  if (!source.lines.empty()) {
    const auto next = std::ranges::upper_bound(source.lines, offset);
    const std::uint32_t start = *std::prev(next);
    return {.line = static_cast<int>(next - source.lines.begin()),
            .column = static_cast<int>(offset - start) + 1};
  }
  const std::string_view before = std::string_view(source.text).substr(0, offset);
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {.line = static_cast<int>(std::ranges::count(before, '\n')) + 1,
          .column = static_cast<int>(before.size() - line_start) + 1};
}

bool Node::IsNull() const {
  if (kind != Kind::kPlain || text.size() > 4) return false;
  constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};
  return std::ranges::contains(kNulls, text);
}

const Node* Node::Find(std::string_view wanted) const {
  if (!IsMapping()) return nullptr;
  const auto found = std::ranges::find(children, wanted, &Node::key);
  return found == children.end() ? nullptr : &*found;
}

Node* Node::Find(std::string_view wanted) {
  return const_cast<Node*>(static_cast<const Node*>(this)->Find(wanted));
}

Place Node::place() const {
  return source == nullptr ? Place{} : PlaceOf(*source, begin);
}

Place Node::key_place() const {
  return source == nullptr ? Place{} : PlaceOf(*source, key_begin);
}

bool SameValue(const Node& left, const Node& right) {
  if (left.IsScalar() && right.IsScalar()) {
    if (left.IsNull() || right.IsNull()) return left.IsNull() && right.IsNull();
    if (left.text != right.text) return false;
    return left.kind == right.kind || MeaningOfPlain(left.text) == PlainMeaning::kString;
  }
  if (left.kind != right.kind) return false;
  if (left.IsMapping()) return SameMapping(left, right);
  return std::ranges::equal(left.children, right.children, SameValue);
}

std::string Describe(const Node& node) {
  constexpr size_t kLongest = 60;
  if (node.IsSequence()) return "a list";
  if (node.IsMapping()) return "a mapping";
  if (node.binary) return "binary data";
  if (node.IsNull()) return "null";
  std::string text;
  const bool cut = node.text.size() > kLongest;
  AppendDoubleQuoted(node.text.substr(0, kLongest), text);
  return cut ? text + "…" : text;
}

Node MakeMapping(const Source& source) {
  return Made(source, Node::Kind::kMapping, {});
}

Node MakeSequence(const Source& source) {
  return Made(source, Node::Kind::kSequence, {});
}

Node MakePlain(const Source& source, std::string_view text) {
  return Made(source, Node::Kind::kPlain, text);
}

Node MakeText(const Source& source, std::string_view text) {
  return Made(source, Node::Kind::kText, text);
}

std::string_view Keep(Source& source, std::string text) {
  return source.decoded.emplace_back(std::move(text));
}

}  // namespace ichor::yml
