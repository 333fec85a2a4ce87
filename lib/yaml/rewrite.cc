#include "lib/yaml/rewrite.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "lib/yaml/write.h"

namespace ichor::yml {
namespace {

// Whether an item of a changed list is one that was there before, perhaps changed itself.
bool IsSameItem(const Node& before, const Node& after) {
  return before.source == after.source && before.begin == after.begin &&
         before.kind == after.kind && !before.opaque;
}

class Rewriter {
 public:
  explicit Rewriter(const Node& root) : text_(root.source->text), step_(StepOf(root)) {}

  // `before` stands at the top, behind a dash, or inside [] or {}.
  void Value(const Node& before, const Node& after);

  std::vector<Edit> Finish() && { return std::move(edits_); }

 private:
  void Entry(const Node& before, const Node& after);
  void Replace(const Node& before, const Node& after);
  bool Mapping(const Node& before, const Node& after);
  bool Sequence(const Node& before, const Node& after);
  void RemoveLines(std::uint32_t begin, std::uint32_t end);
  void Insert(std::uint32_t position, int column, std::string text);
  void Put(std::uint32_t begin, std::uint32_t end, std::string text) {
    edits_.push_back({.begin = begin, .end = end, .text = std::move(text)});
  }

  // Spaces between two levels of the text.
  int StepOf(const Node& node) const;
  std::uint32_t LineStart(std::uint32_t offset) const {
    const size_t found = offset == 0 ? std::string::npos : text_.rfind('\n', offset - 1);
    return found == std::string::npos ? 0 : static_cast<std::uint32_t>(found + 1);
  }
  // Behind the line break after `end`; `end` itself if it is behind one.
  std::uint32_t LineEnd(std::uint32_t end) const;
  int Column(std::uint32_t offset) const { return static_cast<int>(offset - LineStart(offset)); }
  // Where the block of a list's item starts: at its dash.
  std::uint32_t DashOf(const Node& item) const;
  bool StartsLine(std::uint32_t offset) const {
    const std::uint32_t start = LineStart(offset);
    return text_.find_first_not_of(' ', start) == offset;
  }

  const std::string& text_;
  int step_;
  std::vector<Edit> edits_;
};

int Rewriter::StepOf(const Node& node) const {
  constexpr int kDefault = 4;
  if (!node.IsMapping() || node.flow) return kDefault;
  for (const Node& child : node.children) {
    const bool block = child.IsMapping() && !child.flow && !child.children.empty();
    const int step = block ? Column(child.begin) - Column(child.key_begin) : 0;
    if (step > 0) return step;
  }
  return kDefault;
}

std::uint32_t Rewriter::LineEnd(std::uint32_t end) const {
  if (end > 0 && text_[end - 1] == '\n') return end;
  const size_t found = text_.find('\n', end);
  return static_cast<std::uint32_t>(found == std::string::npos ? text_.size() : found + 1);
}

std::uint32_t Rewriter::DashOf(const Node& item) const {
  const size_t dash = item.begin == 0 ? std::string::npos : text_.rfind('-', item.begin - 1);
  return dash == std::string::npos ? item.begin : static_cast<std::uint32_t>(dash);
}

void Rewriter::RemoveLines(std::uint32_t begin, std::uint32_t end) {
  Put(LineStart(begin), LineEnd(end), "");
}

// A block on lines of its own, behind the line of `position`.
void Rewriter::Insert(std::uint32_t position, int column, std::string text) {
  const std::uint32_t at = LineEnd(position);
  std::string lines;
  if (at > 0 && text_[at - 1] != '\n') lines += '\n';
  lines.append(static_cast<size_t>(column), ' ');
  Put(at, at, lines + std::move(text));
}

// In place, at the column where it stands.
void Rewriter::Replace(const Node& before, const Node& after) {
  if (before.flow ||
      (before.IsScalar() && after.IsScalar() && after.text.find('\n') == std::string_view::npos)) {
    std::string text = WriteFlow(after);
    const bool needs_space = before.begin == before.end && before.begin > 0 &&
                             text_[before.begin - 1] != ' ' && text_[before.begin - 1] != '\n';
    return Put(before.begin, before.end, needs_space ? " " + text : text);
  }
  const std::string text = Write(after, {.indent = Column(before.begin), .step = step_});
  Put(before.begin, LineEnd(before.end), text);
}

// A value of a block mapping. The key stays.
void Rewriter::Entry(const Node& before, const Node& after) {
  if (SameValue(before, after)) return;
  if (!before.opaque && !before.children.empty() && before.kind == after.kind &&
      !after.children.empty()) {
    return Value(before, after);
  }
  const bool in_place = before.IsScalar() && after.IsScalar() && !before.opaque &&
                        after.text.find('\n') == std::string_view::npos &&
                        text_[before.begin > 0 ? before.begin - 1 : 0] != '\n' &&
                        text_.compare(before.begin, 1, "|") != 0 &&
                        text_.compare(before.begin, 1, ">") != 0;
  if (in_place) return Replace(before, after);
  const int column = Column(before.key_begin);
  Put(before.key_begin, LineEnd(before.end), WriteEntry(after, {.indent = column, .step = step_}));
}

bool Rewriter::Mapping(const Node& before, const Node& after) {
  const auto gone = [&](const Node& child) { return after.Find(child.key) == nullptr; };
  if (std::ranges::all_of(before.children, gone)) return false;
  // The first key behind a dash cannot be removed with its line.
  if (gone(before.children[0]) && !StartsLine(before.children[0].key_begin)) return false;
  for (const Node& child : before.children) {
    const Node* changed = after.Find(child.key);
    if (changed == nullptr) {
      RemoveLines(child.key_begin, child.end);
    } else {
      Entry(child, *changed);
    }
  }
  const int column = Column(before.children[0].key_begin);
  for (const Node& child : after.children) {
    if (before.Find(child.key) != nullptr) continue;
    Insert(before.end, column, WriteEntry(child, {.indent = column, .step = step_}));
  }
  return true;
}

bool Rewriter::Sequence(const Node& before, const Node& after) {
  // What is left of the old items must come first, in their order.
  std::vector<const Node*> kept;
  size_t old = 0;
  for (; old < after.children.size(); ++old) {
    const auto same = [&](const Node& item) { return IsSameItem(item, after.children[old]); };
    const auto found = std::ranges::find_if(before.children, same);
    if (found == before.children.end()) break;
    if (!kept.empty() && &*found <= kept.back()) return false;
    kept.push_back(&*found);
  }
  if (kept.empty()) return false;
  const std::uint32_t first_dash = DashOf(before.children[0]);
  if (kept[0] != before.children.data() && !StartsLine(first_dash)) return false;
  size_t next = 0;
  for (const Node& item : before.children) {
    if (next < kept.size() && kept[next] == &item) {
      Value(item, after.children[next++]);
    } else {
      RemoveLines(DashOf(item), item.end);
    }
  }
  const int column = Column(first_dash);
  for (; old < after.children.size(); ++old) {
    constexpr int kDash = 2;
    Insert(before.end, column,
           "- " + Write(after.children[old], {.indent = column + kDash, .step = step_}));
  }
  return true;
}

void Rewriter::Value(const Node& before, const Node& after) {
  if (SameValue(before, after)) return;
  if (!before.opaque && !before.flow && before.kind == after.kind && !before.children.empty()) {
    const size_t edits = edits_.size();
    if (before.IsMapping() ? Mapping(before, after) : Sequence(before, after)) return;
    edits_.resize(edits);
  }
  Replace(before, after);
}

}  // namespace

std::vector<Edit> EditsFor(const Node& before, const Node& after) {
  Rewriter rewriter(before);
  rewriter.Value(before, after);
  return std::move(rewriter).Finish();
}

std::string ApplyEdits(const std::string& text, std::uint32_t begin, std::uint32_t end,
                       std::vector<Edit> edits) {
  std::ranges::stable_sort(edits, [](const Edit& a, const Edit& b) {
    return std::pair(a.begin, a.end != a.begin) < std::pair(b.begin, b.end != b.begin);
  });
  std::string result;
  std::uint32_t position = begin;
  for (const Edit& edit : edits) {
    result.append(text, position, edit.begin - position);
    result += edit.text;
    position = std::max(position, edit.end);
  }
  result.append(text, position, end - position);
  return result;
}

}  // namespace ichor::yml
