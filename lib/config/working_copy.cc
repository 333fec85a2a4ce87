#include "lib/config/working_copy.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "lib/yaml/rewrite.h"
#include "lib/yaml/write.h"

namespace ichor::config {
namespace {

constexpr std::string_view kSeparator = "---";

// The start of the first line from `from` on that begins a document; the end of the text if there
// is none.
std::uint32_t NextSeparator(const std::string& text, std::uint32_t from) {
  std::uint32_t line = from;
  while (line < text.size()) {
    if (text.compare(line, kSeparator.size(), kSeparator) == 0) return line;
    const size_t next = text.find('\n', line);
    if (next == std::string::npos) break;
    line = static_cast<std::uint32_t>(next + 1);
  }
  return static_cast<std::uint32_t>(text.size());
}

// The lines of the document that `root` is the value of, its `---` included.
yml::Edit LinesOf(const std::string& text, const Node& root) {
  std::uint32_t begin = 0;
  for (std::uint32_t next = NextSeparator(text, 0); next < root.begin;) {
    begin = next;
    next = NextSeparator(text, next + kSeparator.size());
  }
  return {.begin = begin, .end = NextSeparator(text, root.end)};
}

// A document's text as a part of another stream: without a `---` before or a `...` behind it.
std::string Alone(const WorkingDocument& working) {
  const Node& before = working.before;
  if (before.source == nullptr) return Write(working.document.root, {});  // made, not read
  const std::string& text = working.origin->text;
  const yml::Edit lines = LinesOf(text, before);
  std::uint32_t begin = lines.begin;
  if (text.compare(begin, kSeparator.size(), kSeparator) == 0) {
    const size_t line_end = text.find('\n', begin);
    const bool on_this_line = line_end == std::string::npos || line_end > before.begin;
    begin = on_this_line ? before.begin : static_cast<std::uint32_t>(line_end + 1);
  }
  std::string alone = ApplyEdits(text, begin, lines.end, EditsFor(before, working.document.root));
  if (const size_t dots = alone.rfind("\n..."); dots != std::string::npos) alone.resize(dots + 1);
  while (alone.ends_with("\n\n")) {
    alone.pop_back();
  }
  if (!alone.ends_with('\n')) alone += '\n';
  return alone;
}

}  // namespace

WorkingCopy::WorkingCopy(const Config& config)
    : original_(config.source()), sources_{config.source()} {
  for (const Document& document : config.documents()) {
    original_roots_.push_back(document.root);
    documents_.push_back({.document = document, .origin = original_, .before = document.root});
  }
}

WorkingDocument* WorkingCopy::Find(const Document& wanted) {
  const auto is_it = [&](const WorkingDocument& working) {
    return working.document.IsSameAs(wanted);
  };
  const auto found = std::ranges::find_if(documents_, is_it);
  return found == documents_.end() ? nullptr : &*found;
}

void WorkingCopy::Remove(const Document& document) {
  std::erase_if(documents_, [&](const WorkingDocument& working) {
    return working.document.IsSameAs(document);
  });
}

void WorkingCopy::Append(Document document, SourcePtr origin, Node before) {
  documents_.push_back(
      {.document = std::move(document), .origin = std::move(origin), .before = std::move(before)});
}

std::string WorkingCopy::OriginalPart() const {
  const std::string& text = original_->text;
  std::vector<yml::Edit> edits;
  for (const Node& root : original_roots_) {
    const auto is_it = [&](const WorkingDocument& working) {
      return working.origin == original_ && working.before.begin == root.begin;
    };
    const auto found = std::ranges::find_if(documents_, is_it);
    if (found == documents_.end()) {
      edits.push_back(LinesOf(text, root));
    } else {
      std::ranges::move(EditsFor(root, found->document.root), std::back_inserter(edits));
    }
  }
  return ApplyEdits(text, 0, static_cast<std::uint32_t>(text.size()), std::move(edits));
}

std::string WorkingCopy::Text() const {
  std::string text = OriginalPart();
  for (const WorkingDocument& working : documents_) {
    if (working.origin == original_) continue;
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (!text.empty()) text += "---\n";
    text += Alone(working);
  }
  return text;
}

}  // namespace ichor::config
