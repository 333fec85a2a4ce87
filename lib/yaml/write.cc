#include "lib/yaml/write.h"

#include <algorithm>

#include "lib/yaml/scalar.h"

namespace ichor::yml {
namespace {

class Writer {
 public:
  explicit Writer(const Layout& layout) : step_(layout.step), comments_(layout.comments) {}

  // At the place where it stands, after "- " or at the start of a line.
  void Value(const Node& node, int indent);
  void Entry(const Node& node, int indent);

  std::string Finish() && { return std::move(out_); }

 private:
  void Scalar(const Node& node, int indent);
  void Literal(std::string_view text, int indent);
  void Mapping(const Node& node, int indent);
  void Sequence(const Node& node, int indent);
  void Margin(int indent) { out_.append(static_cast<size_t>(indent), ' '); }

  void Comment(const Node& node, int indent);

  int step_;
  const Comments* comments_;
  std::string out_;
};

ScalarStyle StyleOf(const Node& node, ScalarPlace place) {
  return node.kind == Node::Kind::kPlain ? StyleOfPlain(node.text, place)
                                         : StyleOf(node.text, place);
}

// What is a plain scalar elsewhere may be none inside [] and {}.
bool IsPlainInFlow(std::string_view text) {
  return text.find_first_of(",[]{}?") == std::string_view::npos && !text.starts_with(':');
}

void AppendScalarInFlow(std::string_view text, ScalarStyle style, std::string& out) {
  const bool quoted = style == ScalarStyle::kPlain && !IsPlainInFlow(text);
  AppendStyled(text, quoted ? ScalarStyle::kSingleQuoted : style, out);
}

void AppendFlow(const Node& node, std::string& out) {
  if (node.IsNull()) {
    out += "null";
    return;
  }
  if (node.IsScalar()) {
    return AppendScalarInFlow(node.text, StyleOf(node, ScalarPlace::kKey), out);
  }
  out += node.IsMapping() ? '{' : '[';
  for (const Node& child : node.children) {
    if (&child != node.children.data()) out += ", ";
    if (node.IsMapping()) {
      if (!IsSimpleKey(child.key)) out += "? ";
      AppendScalarInFlow(child.key, StyleOf(child.key, ScalarPlace::kKey), out);
      out += ": ";
    }
    AppendFlow(child, out);
  }
  out += node.IsMapping() ? '}' : ']';
}

void Writer::Literal(std::string_view text, int indent) {
  out_ += '|';
  const bool breaks_at_end = text.ends_with('\n');
  if (!breaks_at_end) out_ += '-';
  if (text.ends_with("\n\n")) out_ += '+';
  if (breaks_at_end) text.remove_suffix(1);
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    out_ += '\n';
    if (end > start) Margin(indent);
    out_ += text.substr(start, end - start);
    start = end + 1;
  }
  out_ += '\n';
}

void Writer::Scalar(const Node& node, int indent) {
  const ScalarStyle style = StyleOf(node, ScalarPlace::kValue);
  if (style == ScalarStyle::kLiteral) return Literal(node.text, indent);
  if (node.kind == Node::Kind::kPlain && node.text.empty()) {
    out_ += "null";
  } else {
    AppendStyled(node.text, style, out_);
  }
  out_ += '\n';
}

void Writer::Value(const Node& node, int indent) {
  if (node.IsScalar()) return Scalar(node, indent);
  if (node.children.empty()) {
    out_ += node.IsMapping() ? "{}\n" : "[]\n";
    return;
  }
  if (node.IsMapping()) return Mapping(node, indent);
  Sequence(node, indent);
}

// Above an entry whose margin is written.
void Writer::Comment(const Node& node, int indent) {
  if (comments_ == nullptr) return;
  const auto found = comments_->find(&node);
  if (found == comments_->end()) return;
  std::string_view text = found->second;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out_ += "# ";
    out_ += line;
    out_ += '\n';
    Margin(indent);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

void Writer::Entry(const Node& node, int indent) {
  Comment(node, indent);
  const bool simple = IsSimpleKey(node.key);
  if (!simple) out_ += "? ";
  AppendStyled(node.key, StyleOf(node.key, ScalarPlace::kKey), out_);
  if (!simple) {
    out_ += '\n';
    Margin(indent);
  }
  const bool block = !node.IsScalar() && !node.children.empty();
  if (!block) {
    out_ += ": ";
    return Value(node, indent + step_);
  }
  out_ += ":\n";
  Margin(indent + step_);
  Value(node, indent + step_);
}

void Writer::Mapping(const Node& node, int indent) {
  for (const Node& child : node.children) {
    if (&child != node.children.data()) Margin(indent);
    Entry(child, indent);
  }
}

void Writer::Sequence(const Node& node, int indent) {
  constexpr int kDash = 2;
  for (const Node& child : node.children) {
    if (&child != node.children.data()) Margin(indent);
    out_ += "- ";
    Value(child, indent + kDash);
  }
}

}  // namespace

std::string Write(const Node& node, const Layout& layout) {
  Writer writer(layout);
  writer.Value(node, layout.indent);
  return std::move(writer).Finish();
}

std::string WriteEntry(const Node& node, const Layout& layout) {
  Writer writer(layout);
  writer.Entry(node, layout.indent);
  return std::move(writer).Finish();
}

std::string WriteFlow(const Node& node) {
  std::string out;
  AppendFlow(node, out);
  return out;
}

}  // namespace ichor::yml
