#include "lib/resource/yaml/emit.h"

#include "absl/strings/escaping.h"
#include "lib/resource/yaml/scalar.h"

namespace ichor {
namespace {

constexpr int kIndent = 4;

void AppendScalar(std::string_view text, ScalarStyle style, std::string& out) {
  switch (style) {
    case ScalarStyle::kSingleQuoted:
      AppendSingleQuoted(text, out);
      return;
    case ScalarStyle::kDoubleQuoted:
      AppendDoubleQuoted(text, out);
      return;
    case ScalarStyle::kBinary:
      out += "!!binary " + absl::Base64Escape({text.data(), text.size()});
      return;
    default:
      out += text;
      return;
  }
}

}  // namespace

// Behind a dash the first line goes on; else the next stop of 4.
int YamlEmitter::NextIndent() const {
  if (blocks_.empty()) return 0;
  const int indent = blocks_.back().indent;
  return place_ == Place::kDash ? indent + 2 : (indent + kIndent) / kIndent * kIndent;
}

void YamlEmitter::BeginBlock() {
  blocks_.push_back({.indent = NextIndent(), .place = place_});
}

void YamlEmitter::BeginLine() {
  Block& block = blocks_.back();
  if (block.empty && block.place == Place::kKey) out_ += '\n';
  if (!block.empty || block.place == Place::kKey) out_.append(block.indent, ' ');
  block.empty = false;
}

void YamlEmitter::EndBlock(std::string_view if_empty) {
  const Block block = blocks_.back();
  blocks_.pop_back();
  place_ = block.place;
  if (block.empty) Plain(if_empty);
}

void YamlEmitter::BeginMapping() {
  BeginBlock();
}

void YamlEmitter::Key(std::string_view key) {
  BeginLine();
  AppendScalar(key, StyleOf(key, ScalarPlace::kKey), out_);
  out_ += ':';
  place_ = Place::kKey;
}

void YamlEmitter::EndMapping() {
  EndBlock("{}");
}

void YamlEmitter::BeginSequence() {
  BeginBlock();
}

void YamlEmitter::Item() {
  BeginLine();
  out_ += "- ";
  place_ = Place::kDash;
}

void YamlEmitter::EndSequence() {
  EndBlock("[]");
}

void YamlEmitter::Plain(std::string_view text) {
  if (place_ == Place::kKey) out_ += ' ';
  out_ += text;
  out_ += '\n';
}

void YamlEmitter::String(std::string_view text) {
  const ScalarStyle style = StyleOf(text, ScalarPlace::kValue);
  if (place_ == Place::kKey) out_ += ' ';
  if (style == ScalarStyle::kLiteral) {
    Literal(text);
    return;
  }
  AppendScalar(text, style, out_);
  out_ += '\n';
}

void YamlEmitter::Literal(std::string_view text) {
  const int indent = blocks_.empty() ? kIndent : NextIndent();
  out_ += !text.ends_with('\n') ? "|-\n" : text.ends_with("\n\n") ? "|+\n" : "|\n";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) out_.append(indent, ' ').append(line);
    out_ += '\n';
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

}  // namespace ichor
