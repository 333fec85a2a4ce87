// The only file that calls libyaml. Its events carry the places where values start and end, which
// is what rewriting a text needs; and the tools people use read YAML by the same rules.
#include "lib/yaml/read.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "lib/base/string_hash.h"
#include "lib/yaml/character_index.h"
#include "lib/yaml/scalar.h"
#include "lib/yaml/text.h"
#include "yaml.h"

namespace ichor::yml {
namespace {

constexpr std::string_view kStringTag = "tag:yaml.org,2002:str";
constexpr std::string_view kBinaryTag = "tag:yaml.org,2002:binary";
constexpr std::string_view kMergeKey = "<<";
constexpr int kMaxFindings = 1000;

std::string_view View(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

// libyaml takes a byte order mark for a character of the first line, which indents it.
std::string_view WithoutMark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

struct Anchor {
  Node node;
  int nodes = 0;  // in the whole of it
};

// Turns events into trees. After a fatal error everything else is ignored.
class TreeBuilder {
 public:
  TreeBuilder(Source& source, Findings& findings, const Rules& rules)
      : source_(source),
        findings_(findings),
        rules_(rules),
        characters_(WithoutMark(source.text)),
        skipped_(static_cast<std::uint32_t>(source.text.size() - WithoutMark(source.text).size())) {
  }

  // Takes one event; false when there is nothing more to read.
  bool Take(const yaml_event_t& event);

  void Fail(std::uint32_t offset, std::string message) {
    Report(offset, std::move(message));
    failed_ = true;
  }

  std::uint32_t Offset(const yaml_mark_t& mark) const {
    return skipped_ + characters_.Offset(mark.index);
  }

  std::vector<Node> Finish() && { return std::move(documents_); }

 private:
  // A list or mapping that is not closed yet.
  struct Open {
    Node node;
    std::string anchor;
    int nodes_before = 0;
    bool key_read = false;  // of a mapping: a key, its value not yet
    std::string_view key{};
    std::uint32_t key_begin = 0;
  };

  // After too many findings nothing more is read: nobody reads them, and they take memory.
  void Report(std::uint32_t offset, std::string message) {
    if (failed_) return;
    findings_.push_back(
        {.file = source_.file, .place = PlaceOf(source_, offset), .message = std::move(message)});
    failed_ = ++reported_ >= kMaxFindings;
  }
  // Whether a value may start there, or as many as an alias stands for.
  bool Admit(std::uint32_t offset, std::string_view anchor, int nodes = 1);
  void OnScalar(const yaml_event_t& event);
  void OnAlias(const yaml_event_t& event);
  void Begin(const yaml_event_t& event, Node::Kind kind, std::string_view tag,
             std::string_view anchor);
  void End(const yaml_event_t& event);
  void PutKey(Open& open, const Node& key);
  void Put(Node node);
  void Remember(std::string_view anchor, const Node& node, int nodes);
  void CheckDuplicates(const Node& mapping);
  void Merge(Node& mapping);
  void MergeFrom(Node& mapping, const Node& other);
  std::string_view TextOf(const yaml_event_t& event, std::uint32_t begin, std::uint32_t end);

  Source& source_;
  Findings& findings_;
  const Rules& rules_;
  CharacterIndex characters_;
  std::uint32_t skipped_;
  bool failed_ = false;
  int reported_ = 0;
  int nodes_ = 0;
  std::vector<Open> open_;
  base::StringMap<Anchor> anchors_;
  std::vector<Node> documents_;
};

bool TreeBuilder::Take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_STREAM_END_EVENT:
      return false;
    case YAML_DOCUMENT_START_EVENT:
      anchors_.clear();
      break;
    case YAML_SCALAR_EVENT:
      OnScalar(event);
      break;
    case YAML_ALIAS_EVENT:
      OnAlias(event);
      break;
    case YAML_SEQUENCE_START_EVENT:
      Begin(event, Node::Kind::kSequence, View(event.data.sequence_start.tag),
            View(event.data.sequence_start.anchor));
      break;
    case YAML_MAPPING_START_EVENT:
      Begin(event, Node::Kind::kMapping, View(event.data.mapping_start.tag),
            View(event.data.mapping_start.anchor));
      break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      End(event);
      break;
    default:
      break;
  }
  return !failed_;
}

bool TreeBuilder::Admit(std::uint32_t offset, std::string_view anchor, int nodes) {
  if (!rules_.references && !anchor.empty()) {
    Fail(offset, "an anchor (&); expected the value alone");
  } else if (nodes > rules_.max_nodes - nodes_) {
    Fail(offset, Cat("more than ", rules_.max_nodes, " values"));
  } else {
    nodes_ += nodes;
  }
  return !failed_;
}

// The source's own bytes if the scalar stands there as it is, else a copy that it keeps.
std::string_view TreeBuilder::TextOf(const yaml_event_t& event, std::uint32_t begin,
                                     std::uint32_t end) {
  const std::string_view value(reinterpret_cast<const char*>(event.data.scalar.value),
                               event.data.scalar.length);
  const bool plain = event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  const std::size_t quotes = plain ? 0 : 1;
  const std::string_view whole(source_.text);
  if (end - begin == value.size() + 2 * quotes &&
      whole.substr(begin + quotes, value.size()) == value) {
    return whole.substr(begin + quotes, value.size());
  }
  return Keep(source_, std::string(value));
}

void TreeBuilder::OnScalar(const yaml_event_t& event) {
  const std::uint32_t begin = Offset(event.start_mark);
  const std::uint32_t end = Offset(event.end_mark);
  const std::string_view anchor = View(event.data.scalar.anchor);
  if (!Admit(begin, anchor)) return;
  const bool plain = event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  Node node{.kind = plain ? Node::Kind::kPlain : Node::Kind::kText,
            .begin = begin,
            .end = end,
            .source = &source_,
            .text = TextOf(event, begin, end)};
  const std::string_view tag = View(event.data.scalar.tag);
  if (tag == kBinaryTag) {
    std::string bytes;
    if (!absl::Base64Unescape(ToAbsl(node.text), &bytes)) {
      Report(begin, "!!binary that is not base64");
    }
    node.kind = Node::Kind::kText;
    node.binary = true;
    node.text = Keep(source_, std::move(bytes));
  } else if (tag == kStringTag || tag == "!") {
    node.kind = Node::Kind::kText;
  } else if (!tag.empty()) {
    Report(begin, Cat("the tag \"", tag, "\"; expected a value without a tag"));
  }
  Remember(anchor, node, 1);
  Put(std::move(node));
}

void TreeBuilder::OnAlias(const yaml_event_t& event) {
  const std::uint32_t begin = Offset(event.start_mark);
  if (!rules_.references) return Fail(begin, "an alias (*); expected the value itself");
  const std::string_view name = View(event.data.alias.anchor);
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) {
    return Fail(begin, Cat("no value is called &", name, " before this"));
  }
  if (!Admit(begin, {}, found->second.nodes)) return;
  Node node = found->second.node;
  node.begin = begin;
  node.end = Offset(event.end_mark);
  node.opaque = true;
  Put(std::move(node));
}

void TreeBuilder::Begin(const yaml_event_t& event, Node::Kind kind, std::string_view tag,
                        std::string_view anchor) {
  const std::uint32_t begin = Offset(event.start_mark);
  if (!Admit(begin, anchor)) return;
  if (open_.size() >= static_cast<size_t>(rules_.max_depth)) {
    return Fail(begin, Cat("nested deeper than ", rules_.max_depth));
  }
  if (!open_.empty() && open_.back().node.IsMapping() && !open_.back().key_read) {
    return Fail(begin, "a list or mapping as a key; expected a scalar");
  }
  const bool standard = tag == "tag:yaml.org,2002:map" || tag == "tag:yaml.org,2002:seq";
  if (!tag.empty() && tag != "!" && !standard) {
    Report(begin, Cat("the tag \"", tag, "\"; expected a value without a tag"));
  }
  const bool flow = kind == Node::Kind::kMapping
                        ? event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                        : event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
  open_.push_back({.node = {.kind = kind, .flow = flow, .begin = begin, .source = &source_},
                   .anchor = std::string(anchor),
                   .nodes_before = nodes_ - 1});
}

void TreeBuilder::End(const yaml_event_t& event) {
  Open open = std::move(open_.back());
  open_.pop_back();
  Node& node = open.node;
  // A block's end is found only at the next value, behind comments that are not its own.
  const bool last_child = !node.flow && !node.children.empty();
  node.end = last_child ? node.children.back().end : Offset(event.end_mark);
  if (node.IsMapping()) {
    CheckDuplicates(node);
    Merge(node);
  }
  Remember(open.anchor, node, nodes_ - open.nodes_before);
  if (!failed_) Put(std::move(node));
}

void TreeBuilder::Remember(std::string_view anchor, const Node& node, int nodes) {
  if (!anchor.empty()) anchors_[anchor] = {.node = node, .nodes = nodes};
}

void TreeBuilder::PutKey(Open& open, const Node& key) {
  if (key.IsNull()) Report(key.begin, "a key that is null");
  if (!key.IsScalar()) return Fail(key.begin, "a list or mapping as a key; expected a scalar");
  if (!rules_.references && key.kind == Node::Kind::kPlain && key.text == kMergeKey) {
    return Fail(key.begin, "a merge key (<<); expected the keys themselves");
  }
  open.key = key.text;
  open.key_begin = key.begin;
  open.key_read = true;
}

void TreeBuilder::Put(Node node) {
  if (open_.empty()) {
    documents_.push_back(std::move(node));
    return;
  }
  Open& open = open_.back();
  if (open.node.IsMapping()) {
    if (!open.key_read) return PutKey(open, node);
    node.key = open.key;
    node.key_begin = open.key_begin;
    open.key_read = false;
  }
  open.node.children.push_back(std::move(node));
}

void TreeBuilder::CheckDuplicates(const Node& mapping) {
  std::vector<const Node*> sorted;
  sorted.reserve(mapping.children.size());
  for (const Node& child : mapping.children) {
    sorted.push_back(&child);
  }
  std::ranges::stable_sort(sorted, {}, &Node::key);
  const auto same = [](const Node* a, const Node* b) { return a->key == b->key; };
  for (auto i = std::ranges::adjacent_find(sorted, same); i != sorted.end() && !failed_;
       i = std::ranges::adjacent_find(i + 1, sorted.end(), same)) {
    const Place first = (*i)->key_place();
    std::string key;
    AppendDoubleQuoted((*i)->key, key);
    Report((*(i + 1))->key_begin, Cat("duplicate key ", key, "; first at ", ToString(first)));
  }
}

// Replaces `<<: *name` by the keys it stands for. The mapping's own keys come first.
void TreeBuilder::Merge(Node& mapping) {
  const auto found = std::ranges::find(mapping.children, kMergeKey, &Node::key);
  if (!rules_.references || found == mapping.children.end()) return;
  const Node from = std::move(*found);
  mapping.children.erase(found);
  mapping.opaque = true;
  if (from.IsMapping()) return MergeFrom(mapping, from);
  if (!from.IsSequence()) return Report(from.begin, "a merge key (<<) without a mapping");
  for (const Node& item : from.children) {
    if (!item.IsMapping()) return Report(item.begin, "a merge key (<<) without a mapping");
    MergeFrom(mapping, item);
  }
}

void TreeBuilder::MergeFrom(Node& mapping, const Node& other) {
  for (const Node& child : other.children) {
    if (mapping.Find(child.key) != nullptr) continue;
    if (!Admit(other.begin, {})) return;
    mapping.children.push_back(child);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) {
    if (yaml_parser_initialize(&parser_) == 0) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Parser() { yaml_parser_delete(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  yaml_parser_t* get() { return &parser_; }

 private:
  yaml_parser_t parser_{};
};

// What libyaml did not like, in its words.
void ReportError(const yaml_parser_t& parser, const Source& source, TreeBuilder& builder) {
  const std::string_view problem = parser.problem == nullptr ? "no YAML" : parser.problem;
  if (parser.error == YAML_READER_ERROR) {
    const size_t mark = source.text.size() - WithoutMark(source.text).size();
    const size_t offset = std::min(parser.problem_offset + mark, source.text.size());
    return builder.Fail(static_cast<std::uint32_t>(offset), std::string(problem));
  }
  const std::uint32_t offset = builder.Offset(parser.problem_mark);
  if (offset < source.text.size() && source.text[offset] == '\t') {
    return builder.Fail(offset, "a tab; YAML is indented with spaces");
  }
  if (parser.context == nullptr) return builder.Fail(offset, std::string(problem));
  builder.Fail(offset, Cat(parser.context, ": ", problem));
}

}  // namespace

std::vector<Node> ReadDocuments(Source& source, Findings& findings, const Rules& rules) {
  if (source.text.size() > rules.max_bytes) {
    findings.push_back(
        {.file = source.file,
         .message = Cat(source.text.size(), " bytes of YAML; at most ", rules.max_bytes)});
    return {};
  }
  source.lines = LineStarts(source.text);
  TreeBuilder builder(source, findings, rules);
  Parser parser(WithoutMark(source.text));
  for (bool more = true; more;) {
    yaml_event_t event;
    if (yaml_parser_parse(parser.get(), &event) == 0) {
      ReportError(*parser.get(), source, builder);
      break;
    }
    more = builder.Take(event);
    yaml_event_delete(&event);
  }
  return std::move(builder).Finish();
}

}  // namespace ichor::yml
