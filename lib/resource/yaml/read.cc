// The only file that calls yaml-cpp. It reports what it does not like by throwing: caught in
// ReadYaml.
#include "lib/resource/yaml/read.h"

#include <exception>
#include <map>
#include <optional>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/resource/yaml/scalar.h"
#include "lib/resource/yaml/utf8.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace ichor {
namespace {

constexpr std::string_view kStringTag = "tag:yaml.org,2002:str";
constexpr std::string_view kBinaryTag = "tag:yaml.org,2002:binary";

YamlPlace PlaceOf(const YAML::Mark& mark) {
  return mark.is_null() ? YamlPlace{} : YamlPlace{mark.line + 1, mark.column + 1};
}

absl::Status ErrorAt(const YamlPlace& place, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(ToString(place), ": ", absl::string_view(message.data(), message.size())));
}

// Turns yaml-cpp's events into a tree. After the first error everything else is ignored.
class TreeBuilder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Fail(mark, "a second document; expected one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Scalar(mark, anchor, {.kind = YamlNode::Kind::kPlain, .place = PlaceOf(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    Fail(mark, "an alias (*); expected the value itself");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Begin(mark, tag, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Begin(mark, tag, anchor, YamlNode::Kind::kMapping);
  }
  void OnMapEnd() override { End(); }

  bool Ok() const { return status_.ok(); }

  // The document, after all events.
  absl::StatusOr<YamlNode> Finish() &&;

 private:
  // A list or mapping that is not closed yet.
  struct Open {
    YamlNode node;
    std::map<std::string, YamlPlace, std::less<>> keys{};
    std::optional<YamlNode> key{};  // read, its value not yet
  };

  void Fail(const YAML::Mark& mark, std::string_view message) {
    if (status_.ok()) status_ = ErrorAt(PlaceOf(mark), message);
  }
  // Whether a node may start here.
  bool Admit(const YAML::Mark& mark, YAML::anchor_t anchor);
  void Scalar(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode node);
  void Begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YamlNode::Kind kind);
  void End();
  void Place(YamlNode node);
  void PlaceKey(Open& open, YamlNode key);

  absl::Status status_;
  int documents_ = 0;
  int nodes_ = 0;
  std::vector<Open> open_;
  std::optional<YamlNode> root_;
};

bool TreeBuilder::Admit(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (anchor != YAML::NullAnchor) Fail(mark, "an anchor (&); expected the value alone");
  if (++nodes_ > kMaxYamlNodes) Fail(mark, absl::StrCat("more than ", kMaxYamlNodes, " values"));
  return status_.ok();
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  YamlNode node{.kind = YamlNode::Kind::kText, .place = PlaceOf(mark), .text = value};
  // yaml-cpp makes such a text of the escapes \N and \_.
  if (!IsValidUtf8(value)) return Fail(mark, "an escape that is not supported; expected \\uXXXX");
  if (tag == "?" || tag.empty()) {
    node.kind = YamlNode::Kind::kPlain;
  } else if (tag == kBinaryTag) {
    node.kind = YamlNode::Kind::kBinary;
    if (!absl::Base64Unescape(value, &node.text)) return Fail(mark, "!!binary that is not base64");
  } else if (tag != "!" && tag != kStringTag) {
    return Fail(mark, absl::StrCat("the tag \"", tag, "\"; expected a value without a tag"));
  }
  Scalar(mark, anchor, std::move(node));
}

void TreeBuilder::Scalar(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode node) {
  if (Admit(mark, anchor)) Place(std::move(node));
}

void TreeBuilder::Begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                        YamlNode::Kind kind) {
  if (!Admit(mark, anchor)) return;
  if (tag != "?" && !tag.empty()) return Fail(mark, absl::StrCat("the tag \"", tag, "\""));
  if (open_.size() >= kMaxYamlDepth) {
    return Fail(mark, absl::StrCat("nested deeper than ", kMaxYamlDepth));
  }
  const bool is_key = !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMapping &&
                      !open_.back().key.has_value();
  if (is_key) return Fail(mark, "a list or mapping as a key; expected a scalar");
  open_.push_back({.node = {.kind = kind, .place = PlaceOf(mark)}});
}

void TreeBuilder::End() {
  if (!status_.ok()) return;
  YamlNode node = std::move(open_.back().node);
  open_.pop_back();
  Place(std::move(node));
}

void TreeBuilder::Place(YamlNode node) {
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& open = open_.back();
  if (open.node.kind == YamlNode::Kind::kSequence) {
    open.node.children.push_back(std::move(node));
  } else if (!open.key.has_value()) {
    PlaceKey(open, std::move(node));
  } else {
    node.key = std::move(open.key->text);
    node.key_place = open.key->place;
    open.key.reset();
    open.node.children.push_back(std::move(node));
  }
}

void TreeBuilder::PlaceKey(Open& open, YamlNode key) {
  const auto [found, fresh] = open.keys.try_emplace(key.text, key.place);
  if (key.IsNull()) {
    status_ = ErrorAt(key.place, "a key that is null");
  } else if (key.kind == YamlNode::Kind::kPlain && key.text == "<<") {
    status_ = ErrorAt(key.place, "a merge key (<<); expected the keys themselves");
  } else if (!fresh) {
    status_ = ErrorAt(key.place, absl::StrCat("duplicate key ", Describe(key), "; first at ",
                                              ToString(found->second)));
  }
  open.key = std::move(key);
}

absl::StatusOr<YamlNode> TreeBuilder::Finish() && {
  if (!status_.ok()) return status_;
  if (!root_.has_value()) return ErrorAt({}, "no document");
  return *std::move(root_);
}

// Refuses what yaml-cpp would take for another encoding, or repair.
absl::Status CheckCharacters(std::string_view text) {
  YamlPlace place;
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    if (rune.length == 0) return ErrorAt(place, "a byte that is not UTF-8");
    const bool control =
        rune.value < 0x20 && rune.value != '\t' && rune.value != '\n' && rune.value != '\r';
    if (control || rune.value == 0x7F) return ErrorAt(place, "a control character");
    place.column += rune.length;
    if (rune.value == '\n') place = {.line = place.line + 1, .column = 1};
    text.remove_prefix(rune.length);
  }
  return absl::OkStatus();
}

}  // namespace

bool YamlNode::IsNull() const {
  return kind == Kind::kPlain && MeaningOfPlain(text) == PlainMeaning::kNull;
}

std::string ToString(const YamlPlace& place) {
  return absl::StrCat(place.line, ":", place.column);
}

std::string Describe(const YamlNode& node) {
  constexpr size_t kLongest = 60;
  switch (node.kind) {
    case YamlNode::Kind::kSequence:
      return "a list";
    case YamlNode::Kind::kMapping:
      return "a mapping";
    case YamlNode::Kind::kBinary:
      return "binary data";
    default:
      break;
  }
  if (node.IsNull()) return "null";
  std::string text;
  const bool cut = node.text.size() > kLongest;
  AppendDoubleQuoted(cut ? node.text.substr(0, kLongest) : node.text, text);
  return cut ? text + "…" : text;
}

absl::StatusOr<YamlNode> ReadYaml(std::string_view text) {
  if (text.size() > kMaxYamlBytes) {
    return ErrorAt({}, absl::StrCat(text.size(), " bytes of YAML; at most ", kMaxYamlBytes));
  }
  if (absl::Status status = CheckCharacters(text); !status.ok()) return status;
  TreeBuilder builder;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    // At a token that cannot start a value, yaml-cpp finds empty documents for ever.
    while (builder.Ok() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (builder.Ok()) return ErrorAt(PlaceOf(error.mark), error.msg);
  } catch (const std::exception& error) {
    if (builder.Ok()) return ErrorAt({}, error.what());
  }
  return std::move(builder).Finish();
}

}  // namespace ichor
