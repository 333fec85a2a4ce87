#include "lib/yaml/emit.h"

#include <algorithm>

namespace ichor::yml {
namespace {

constexpr int kIndent = 4;

}  // namespace

// Behind a dash the first line goes on; else the next stop of 4.
int Emitter::NextIndent() const {
  if (blocks_.empty()) return 0;
  const int indent = blocks_.back().indent;
  return place_ == Place::kDash ? indent + 2 : (indent + kIndent) / kIndent * kIndent;
}

void Emitter::BeginBlock() {
  blocks_.push_back({.indent = NextIndent(), .place = place_});
}

void Emitter::BeginLine() {
  Block& block = blocks_.back();
  if (block.empty && block.place == Place::kKey) out_ += '\n';
  if (!block.empty || block.place == Place::kKey) out_.append(block.indent, ' ');
  block.empty = false;
}

void Emitter::EndBlock(std::string_view if_empty) {
  const Block block = blocks_.back();
  blocks_.pop_back();
  place_ = block.place;
  if (block.empty) Scalar(if_empty, ScalarStyle::kPlain);
}

void Emitter::BeginMapping() {
  BeginBlock();
}

void Emitter::Key(std::string_view key) {
  BeginLine();
  const bool simple = IsSimpleKey(key);
  if (!simple) out_ += "? ";
  AppendStyled(key, StyleOf(key, ScalarPlace::kKey), out_);
  if (!simple) out_.append("\n").append(blocks_.back().indent, ' ');
  out_ += ':';
  place_ = Place::kKey;
}

void Emitter::EndMapping() {
  EndBlock("{}");
}

void Emitter::BeginSequence() {
  BeginBlock();
}

void Emitter::Item() {
  BeginLine();
  out_ += "- ";
  place_ = Place::kDash;
}

void Emitter::EndSequence() {
  EndBlock("[]");
}

void Emitter::Plain(std::string_view text) {
  Scalar(text, StyleOfPlain(text, ScalarPlace::kValue));
}

void Emitter::String(std::string_view text) {
  Scalar(text, StyleOf(text, ScalarPlace::kValue));
}

void Emitter::Scalar(std::string_view text, ScalarStyle style) {
  if (place_ == Place::kKey) out_ += ' ';
  if (style == ScalarStyle::kLiteral) return Literal(text);
  AppendStyled(text, style, out_);
  out_ += '\n';
}

void Emitter::Literal(std::string_view text) {
  const int indent = blocks_.empty() ? kIndent : NextIndent();
  out_ += !text.ends_with('\n') ? "|-\n" : text.ends_with("\n\n") ? "|+\n" : "|\n";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) out_.append(indent, ' ').append(line);
    out_ += '\n';
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

}  // namespace ichor::yml
