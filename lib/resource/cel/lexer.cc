#include "lib/resource/cel/lexer.h"

#include <array>
#include <charconv>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "lib/resource/cel/string.h"

namespace ichor {
namespace {

// Longer symbols before their beginnings.
constexpr std::array<std::string_view, 25> kSymbols = {
    "==", "!=", "<=", ">=", "&&", "||", "[", "]", "{", "}", "(", ")", ".",
    ",",  "-",  "!",  "?",  ":",  "+",  "*", "/", "%", "<", ">", ";"};

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}
bool IsNameStart(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_';
}
bool IsNamePart(char c) {
  return IsNameStart(c) || IsDigit(c);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<CelToken>> All();

 private:
  char At(size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  void SkipBlanks();
  absl::StatusOr<CelToken> Next();
  absl::StatusOr<CelToken> Number();
  absl::StatusOr<CelToken> Integer(size_t begin, size_t end, int base);
  CelToken Name();
  CelToken MakeToken(CelToken::Kind kind, size_t begin) const;
  void SkipDigits();

  std::string_view text_;
  size_t at_ = 0;
};

// Blanks and comments.
void Lexer::SkipBlanks() {
  while (at_ < text_.size()) {
    if (std::string_view(" \t\n\r\f").contains(text_[at_])) {
      ++at_;
    } else if (text_.substr(at_).starts_with("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

void Lexer::SkipDigits() {
  while (IsDigit(At(at_)))
    ++at_;
}

CelToken Lexer::MakeToken(CelToken::Kind kind, size_t begin) const {
  return {.kind = kind, .offset = begin, .text = std::string(text_.substr(begin, at_ - begin))};
}

CelToken Lexer::Name() {
  const size_t begin = at_;
  while (IsNamePart(At(at_)))
    ++at_;
  return MakeToken(CelToken::Kind::kName, begin);
}

absl::StatusOr<CelToken> Lexer::Integer(size_t begin, size_t end, int base) {
  const size_t digits = base == 16 ? begin + 2 : begin;
  CelToken token = MakeToken(CelToken::Kind::kInt, begin);
  const auto [stop, error] =
      std::from_chars(text_.data() + digits, text_.data() + end, token.integer, base);
  if (error != std::errc() || stop != text_.data() + end) {
    return CelErrorAt(begin, "an integer that is not one, or is larger than 64 bits");
  }
  if (At(at_) == 'u' || At(at_) == 'U') {
    token.kind = CelToken::Kind::kUint;
    ++at_;
  }
  return token;
}

absl::StatusOr<CelToken> Lexer::Number() {
  const size_t begin = at_;
  if (At(at_) == '0' && (At(at_ + 1) == 'x' || At(at_ + 1) == 'X')) {
    at_ += 2;
    while (absl::ascii_isxdigit(static_cast<unsigned char>(At(at_))))
      ++at_;
    return Integer(begin, at_, 16);
  }
  SkipDigits();
  bool fraction = false;
  if (At(at_) == '.' && IsDigit(At(at_ + 1))) {
    fraction = true;
    ++at_;
    SkipDigits();
  }
  const size_t sign = At(at_ + 1) == '+' || At(at_ + 1) == '-' ? 1 : 0;
  if ((At(at_) == 'e' || At(at_) == 'E') && IsDigit(At(at_ + 1 + sign))) {
    fraction = true;
    at_ += 1 + sign;
    SkipDigits();
  }
  if (!fraction) return Integer(begin, at_, 10);
  CelToken token = MakeToken(CelToken::Kind::kDouble, begin);
  const auto result = std::from_chars(text_.data() + begin, text_.data() + at_, token.number);
  if (result.ec != std::errc()) return CelErrorAt(begin, "a number that is too large or too small");
  return token;
}

absl::StatusOr<CelToken> Lexer::Next() {
  const char c = At(at_);
  if (const auto length = CelStringLength(text_.substr(at_))) {
    const size_t begin = at_;
    at_ += *length;
    auto value = ParseCelString(text_.substr(begin, *length));
    if (!value.ok()) return CelErrorAt(begin, base::MessageOf(value.status()));
    return CelToken{.kind = value->is_bytes ? CelToken::Kind::kBytes : CelToken::Kind::kString,
                    .offset = begin,
                    .text = std::move(value->value)};
  }
  if (IsDigit(c) || (c == '.' && IsDigit(At(at_ + 1)))) return Number();
  if (IsNameStart(c)) return Name();
  for (const std::string_view symbol : kSymbols) {
    if (!text_.substr(at_).starts_with(symbol)) continue;
    at_ += symbol.size();
    return MakeToken(CelToken::Kind::kSymbol, at_ - symbol.size());
  }
  return CelErrorAt(at_, "a character or string that CEL does not have here");
}

absl::StatusOr<std::vector<CelToken>> Lexer::All() {
  std::vector<CelToken> tokens;
  for (SkipBlanks(); at_ < text_.size(); SkipBlanks()) {
    ASSIGN_OR_RETURN(CelToken token, Next());
    tokens.push_back(std::move(token));
  }
  tokens.push_back({.kind = CelToken::Kind::kEnd, .offset = text_.size()});
  return tokens;
}

}  // namespace

absl::Status CelErrorAt(size_t offset, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("at ", offset, ": ", absl::string_view(message.data(), message.size())));
}

absl::StatusOr<std::vector<CelToken>> LexCel(std::string_view text) {
  return Lexer(text).All();
}

}  // namespace ichor
