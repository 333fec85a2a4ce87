// JSONPath: from text to pieces.
#include <charconv>
#include <format>

#include "absl/strings/str_replace.h"
#include "ichorctl/get/json_path_syntax.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

using Step = JsonPath::Step;
using Piece = JsonPath::Piece;

constexpr int kMaxDepth = 16;  // of ranges and filters

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Piece>> Pieces(int depth);
  absl::StatusOr<std::vector<Step>> Path(std::string_view stops, int depth);
  bool AtEnd() const { return at_ == text_.size(); }

 private:
  bool Take(std::string_view token);
  void SkipBlanks();
  absl::Status Wrong(std::string_view what) const;
  absl::Status Braces(std::vector<Piece>& pieces, int depth, bool& ended);
  absl::StatusOr<std::string> Quoted();
  std::string Name();
  std::optional<int> Number();
  absl::Status Brackets(std::vector<Step>& path, int depth);
  absl::Status Filter(std::vector<Step>& path, int depth);
  absl::Status Dots(std::vector<Step>& path);

  const std::string_view text_;
  size_t at_ = 0;
};

bool Parser::Take(std::string_view token) {
  if (!text_.substr(at_).starts_with(token)) {
    return false;
  }
  at_ += token.size();
  return true;
}

void Parser::SkipBlanks() {
  while (Take(" ")) {
  }
}

absl::Status Parser::Wrong(std::string_view what) const {
  return absl::InvalidArgumentError(
      std::format("jsonpath: \"{}\": {} expected at \"{}\"", text_, what, text_.substr(at_)));
}

// Text and braces up to the end, or within a range up to {end}.
absl::StatusOr<std::vector<Piece>> Parser::Pieces(int depth) {
  if (depth > kMaxDepth) {
    return Wrong("less nesting");
  }
  std::vector<Piece> pieces;
  bool ended = false;
  while (!AtEnd() && !ended) {
    const size_t brace = std::min(text_.find('{', at_), text_.size());
    if (brace > at_) {
      pieces.push_back({.text = std::string(text_.substr(at_, brace - at_))});
      at_ = brace;
    } else {
      RETURN_IF_ERROR(Braces(pieces, depth, ended));
    }
  }
  if (depth > 0 && !ended) {
    return Wrong("{end}");
  }
  if (depth == 0 && ended) {
    return Wrong("a {range} before {end}");
  }
  return pieces;
}

absl::Status Parser::Braces(std::vector<Piece>& pieces, int depth, bool& ended) {
  Take("{");
  SkipBlanks();
  if (Take("end")) {
    ended = true;
  } else if (Take("range ")) {
    SkipBlanks();
    Piece range{.kind = Piece::Kind::kRange};
    ASSIGN_OR_RETURN(range.path, Path("}", depth));
    if (!Take("}")) {
      return Wrong("}");
    }
    ASSIGN_OR_RETURN(range.body, Pieces(depth + 1));
    pieces.push_back(std::move(range));
    return absl::OkStatus();
  } else if (!AtEnd() && (text_[at_] == '"' || text_[at_] == '\'')) {
    ASSIGN_OR_RETURN(const std::string literal, Quoted());
    pieces.push_back(
        {.text = absl::StrReplaceAll(literal, {{"\\n", "\n"}, {"\\t", "\t"}, {"\\\\", "\\"}})});
  } else {
    Piece piece{.kind = Piece::Kind::kPath};
    ASSIGN_OR_RETURN(piece.path, Path("}", depth));
    pieces.push_back(std::move(piece));
  }
  SkipBlanks();
  return Take("}") ? absl::OkStatus() : Wrong("}");
}

absl::StatusOr<std::string> Parser::Quoted() {
  const char quote = text_[at_];
  const size_t end = text_.find(quote, at_ + 1);
  if (end == std::string_view::npos) {
    return Wrong("a closing quote");
  }
  std::string literal(text_.substr(at_ + 1, end - at_ - 1));
  at_ = end + 1;
  return literal;
}

// A key: up to what may follow one; a backslash takes the next character as it is.
std::string Parser::Name() {
  std::string name;
  while (!AtEnd() && std::string_view(".[]{}() =!<>@$\"'").find(text_[at_]) == std::string::npos) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      ++at_;
    }
    name += text_[at_++];
  }
  return name;
}

std::optional<int> Parser::Number() {
  int number = 0;
  const char* const begin = text_.data() + at_;
  const auto [rest, error] = std::from_chars(begin, text_.data() + text_.size(), number);
  if (error != std::errc()) {
    return std::nullopt;
  }
  at_ += static_cast<size_t>(rest - begin);
  return number;
}

absl::StatusOr<std::vector<Step>> Parser::Path(std::string_view stops, int depth) {
  std::vector<Step> path;
  if (!Take("$")) {
    Take("@");
  }
  while (!AtEnd() && stops.find(text_[at_]) == std::string_view::npos) {
    if (text_[at_] == '.') {
      RETURN_IF_ERROR(Dots(path));
    } else if (Take("[")) {
      RETURN_IF_ERROR(Brackets(path, depth));
    } else if (path.empty()) {  // "spec.id", without a dot in front
      const std::string name = Name();
      if (name.empty()) {
        return Wrong("a path");
      }
      path.push_back({.key = name});
    } else {
      return Wrong(". or [");
    }
  }
  return path;
}

absl::Status Parser::Dots(std::vector<Step>& path) {
  Take(".");
  if (Take(".")) {
    path.push_back({.kind = Step::Kind::kBelow});
  }
  if (Take("*")) {
    path.push_back({.kind = Step::Kind::kAll});
    return absl::OkStatus();
  }
  if (const std::string name = Name(); !name.empty()) {
    path.push_back({.key = name});
  }
  return absl::OkStatus();  // "." alone, or ".[": the value itself
}

absl::Status Parser::Brackets(std::vector<Step>& path, int depth) {
  if (Take("?(")) {
    return Filter(path, depth);
  }
  if (Take("*")) {
    path.push_back({.kind = Step::Kind::kAll});
  } else if (!AtEnd() && (text_[at_] == '\'' || text_[at_] == '"')) {
    ASSIGN_OR_RETURN(std::string key, Quoted());
    path.push_back({.key = std::move(key)});
  } else {
    Step step{.kind = Step::Kind::kIndex, .begin = Number()};
    if (Take(":")) {
      step.kind = Step::Kind::kSlice;
      step.end = Number();
    } else if (!step.begin) {
      return Wrong("a number, a key in quotes, * or ?(");
    }
    path.push_back(std::move(step));
  }
  return Take("]") ? absl::OkStatus() : Wrong("]");
}

absl::Status Parser::Filter(std::vector<Step>& path, int depth) {
  if (depth >= kMaxDepth) {
    return Wrong("less nesting");
  }
  Step step{.kind = Step::Kind::kFilter};
  SkipBlanks();
  ASSIGN_OR_RETURN(step.left, Path("=!<>) ", depth + 1));
  SkipBlanks();
  for (const std::string_view comparison : {"==", "!=", "<=", ">=", "<", ">"}) {
    if (Take(comparison)) {
      step.comparison = comparison;
      break;
    }
  }
  SkipBlanks();
  if (!step.comparison.empty()) {
    if (!AtEnd() && (text_[at_] == '"' || text_[at_] == '\'')) {
      ASSIGN_OR_RETURN(step.right, Quoted());
    } else {
      const size_t end = std::min(text_.find_first_of(") ", at_), text_.size());
      step.right = text_.substr(at_, end - at_);
      at_ = end;
    }
    SkipBlanks();
  }
  path.push_back(std::move(step));
  return Take(")]") ? absl::OkStatus() : Wrong(")]");
}

}  // namespace

absl::StatusOr<JsonPath> JsonPath::Parse(std::string_view text) {
  Parser parser(text);
  std::vector<Piece> pieces;
  if (text.contains('{')) {
    ASSIGN_OR_RETURN(pieces, parser.Pieces(0));
  } else {
    Piece piece{.kind = Piece::Kind::kPath};
    ASSIGN_OR_RETURN(piece.path, parser.Path("", 0));
    pieces.push_back(std::move(piece));
  }
  JsonPath path;
  path.pieces_ = std::make_shared<const std::vector<Piece>>(std::move(pieces));
  return path;
}

}  // namespace ichor::ctl
