#include "ichorctl/get/json.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <string_view>
#include <vector>

#include "lib/yaml/number.h"
#include "lib/yaml/scalar.h"

namespace ichor::ctl {
namespace {

constexpr size_t kIndent = 4;
constexpr size_t kFlat = static_cast<size_t>(-1);  // on one line

void AppendText(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += std::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendPlain(std::string_view text, std::string& out) {
  switch (yml::MeaningOfPlain(text)) {
    case yml::PlainMeaning::kNull:
      out += "null";
      return;
    case yml::PlainMeaning::kBool:
      if (text == "true" || text == "false") {
        out += text;
        return;
      }
      break;
    case yml::PlainMeaning::kInteger:
      if (const auto number = yml::ParseInteger(text)) {
        out += std::format("{}{}", number->negative ? "-" : "", number->magnitude);
        return;
      }
      break;
    case yml::PlainMeaning::kFloat:
      if (const auto number = yml::ParseFloat(text); number && std::isfinite(*number)) {
        out += yml::FormatNumber(*number);
        return;
      }
      break;
    default:
      break;
  }
  AppendText(text, out);
}

void BreakLine(size_t depth, std::string& out) {
  if (depth != kFlat) {
    out += '\n';
    out.append(depth * kIndent, ' ');
  }
}

void Append(const yml::Node& value, size_t depth, std::string& out) {
  if (value.IsScalar()) {
    return value.kind == yml::Node::Kind::kPlain ? AppendPlain(value.text, out)
                                                 : AppendText(value.text, out);
  }
  std::vector<const yml::Node*> children;
  children.reserve(value.children.size());
  for (const yml::Node& child : value.children) {
    children.push_back(&child);
  }
  if (value.IsMapping()) {
    std::ranges::sort(children, {}, &yml::Node::key);
  }
  out += value.IsMapping() ? '{' : '[';
  const size_t below = depth == kFlat ? kFlat : depth + 1;
  for (const yml::Node* const child : children) {
    out += child == children.front() ? "" : ",";
    BreakLine(below, out);
    if (value.IsMapping()) {
      AppendText(child->key, out);
      out += depth == kFlat ? ":" : ": ";
    }
    Append(*child, below, out);
  }
  if (!children.empty()) {
    BreakLine(depth, out);
  }
  out += value.IsMapping() ? '}' : ']';
}

}  // namespace

std::string ToJson(const yml::Node& value) {
  std::string out;
  Append(value, kFlat, out);
  return out;
}

std::string ToIndentedJson(const yml::Node& value) {
  std::string out;
  Append(value, 0, out);
  return out;
}

}  // namespace ichor::ctl
