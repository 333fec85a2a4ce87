// CelFromText: a parser that climbs precedences.
#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "lib/base/utf8.h"
#include "lib/resource/cel/build.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/cel/lexer.h"
#include "lib/resource/cel/renumber.h"

namespace ichor {
namespace {

using google::api::expr::v1alpha1::CheckedExpr;
using google::api::expr::v1alpha1::Constant;
using Kind = CelToken::Kind;

struct Operator {
  std::string_view symbol;
  std::string_view function;
  int binding;  // tighter is higher
};

constexpr int kOr = 1;
constexpr int kAnd = 2;
constexpr std::array<Operator, 14> kOperators = {{{"||", "_||_", kOr},
                                                  {"&&", "_&&_", kAnd},
                                                  {"==", "_==_", 3},
                                                  {"!=", "_!=_", 3},
                                                  {"<", "_<_", 3},
                                                  {"<=", "_<=_", 3},
                                                  {">", "_>_", 3},
                                                  {">=", "_>=_", 3},
                                                  {"in", "@in", 3},
                                                  {"+", "_+_", 4},
                                                  {"-", "_-_", 4},
                                                  {"*", "_*_", 5},
                                                  {"/", "_/_", 5},
                                                  {"%", "_%_", 5}}};

constexpr std::array<std::string_view, 17> kReserved = {
    "as",  "break", "const",     "continue", "else",   "for", "function", "if",   "import",
    "let", "loop",  "namespace", "package",  "return", "var", "void",     "while"};

bool IsReserved(std::string_view name) {
  return std::ranges::contains(kReserved, name) || name == "in";
}

class Parser {
 public:
  explicit Parser(std::vector<CelToken> tokens) : tokens_(std::move(tokens)) {}

  absl::StatusOr<CheckedExpr> All();

 private:
  const CelToken& Peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  bool Take(std::string_view symbol);
  absl::Status Expect(std::string_view symbol);
  absl::Status Unexpected(std::string_view expected) const;

  absl::StatusOr<CelNode> Expression();
  absl::StatusOr<CelNode> Binary(int binding);
  absl::StatusOr<CelNode> Chain(const Operator& op, CelNode first);
  absl::StatusOr<CelNode> Unary();
  absl::StatusOr<CelNode> Member();
  absl::StatusOr<CelNode> Suffix(CelNode operand);
  absl::StatusOr<CelNode> Primary();
  absl::StatusOr<CelNode> Name();
  absl::StatusOr<CelNode> Literal(bool negative);
  absl::StatusOr<CelNode> MapOrMessage(std::string_view name);
  absl::StatusOr<std::vector<CelNode>> Expressions(std::string_view end);
  absl::StatusOr<CelNode> CallOrMacro(std::string_view function, CelNode* target);

  const Operator* PeekOperator() const;
  bool AtNegativeNumber() const;
  std::vector<CelNode> Leaves(std::string_view function, CelNode node);
  CelNode Balance(std::string_view function, std::vector<CelNode>& terms, int lowest, int highest);

  std::vector<CelToken> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  CelBuilder build_;
};

bool Parser::Take(std::string_view symbol) {
  if (!Peek().Is(symbol)) return false;
  ++at_;
  return true;
}

absl::Status Parser::Unexpected(std::string_view expected) const {
  const CelToken& token = Peek();
  const std::string got =
      token.kind == Kind::kEnd ? "the end" : absl::StrCat("\"", token.text, "\"");
  return CelErrorAt(token.offset, "got " + got + ", expected " + std::string(expected));
}

absl::Status Parser::Expect(std::string_view symbol) {
  return Take(symbol) ? absl::OkStatus() : Unexpected(symbol);
}

const Operator* Parser::PeekOperator() const {
  const CelToken& token = Peek();
  for (const Operator& op : kOperators) {
    if (token.Is(op.symbol) || (op.symbol == "in" && token.IsName("in"))) return &op;
  }
  return nullptr;
}

// expression: or ["?" or ":" expression]
absl::StatusOr<CelNode> Parser::Expression() {
  if (++depth_ > kMaxCelDepth)
    return CelErrorAt(Peek().offset, "an expression that nests too deep");
  ASSIGN_OR_RETURN(CelNode condition, Binary(kOr));
  if (Take("?")) {
    ASSIGN_OR_RETURN(CelNode then, Binary(kOr));
    RETURN_IF_ERROR(Expect(":"));
    ASSIGN_OR_RETURN(CelNode otherwise, Expression());
    condition = build_.Call("_?_:_", {std::move(condition), std::move(then), std::move(otherwise)});
  }
  --depth_;
  return condition;
}

// Operators that bind at least as tight as `binding`, from the left.
absl::StatusOr<CelNode> Parser::Binary(int binding) {
  ASSIGN_OR_RETURN(CelNode left, Unary());
  for (const Operator* op = PeekOperator(); op != nullptr && op->binding >= binding;
       op = PeekOperator()) {
    if (op->binding <= kAnd) {
      ASSIGN_OR_RETURN(left, Chain(*op, std::move(left)));
      continue;
    }
    ++at_;
    ASSIGN_OR_RETURN(CelNode right, Binary(op->binding + 1));
    left = build_.Call(op->function, {std::move(left), std::move(right)});
  }
  return left;
}

// a && b && c…: a balanced tree, since order does not matter and depth does.
absl::StatusOr<CelNode> Parser::Chain(const Operator& op, CelNode first) {
  std::vector<CelNode> terms = Leaves(op.function, std::move(first));
  while (PeekOperator() == &op) {
    ++at_;
    ASSIGN_OR_RETURN(CelNode next, Binary(op.binding + 1));
    for (CelNode& leaf : Leaves(op.function, std::move(next)))
      terms.push_back(std::move(leaf));
  }
  return Balance(op.function, terms, 0, static_cast<int>(terms.size()) - 2);
}

// The terms of a chain in parentheses join the chain around it.
std::vector<CelNode> Parser::Leaves(std::string_view function, CelNode node) {
  std::vector<CelNode> leaves;
  const bool chain = node.expr.has_call_expr() && node.expr.call_expr().function() == function;
  if (!chain) {
    leaves.push_back(std::move(node));
    return leaves;
  }
  for (auto& arg : *node.expr.mutable_call_expr()->mutable_args()) {
    // How deep a part is, is not known any more: at most as deep as the whole.
    for (CelNode& leaf : Leaves(function, {.expr = std::move(arg), .depth = node.depth - 1})) {
      leaves.push_back(std::move(leaf));
    }
  }
  return leaves;
}

// The operators from `lowest` to `highest`, and the terms on both sides of each.
CelNode Parser::Balance(std::string_view function, std::vector<CelNode>& terms, int lowest,
                        int highest) {
  const int middle = (lowest + highest + 1) / 2;
  CelNode left =
      middle == lowest ? std::move(terms[middle]) : Balance(function, terms, lowest, middle - 1);
  CelNode right = middle == highest ? std::move(terms[middle + 1])
                                    : Balance(function, terms, middle + 1, highest);
  return build_.Call(function, {std::move(left), std::move(right)});
}

bool Parser::AtNegativeNumber() const {
  const Kind next = Peek(1).kind;
  return Peek().Is("-") && (next == Kind::kInt || next == Kind::kDouble);
}

// Signs of one kind, of which two cancel out.
absl::StatusOr<CelNode> Parser::Unary() {
  if (AtNegativeNumber() || (!Peek().Is("!") && !Peek().Is("-"))) return Member();
  const std::string symbol = Peek().text;
  bool odd = false;
  while (Peek().Is(symbol) && !AtNegativeNumber()) {
    ++at_;
    odd = !odd;
  }
  ASSIGN_OR_RETURN(CelNode operand, Member());
  return odd ? build_.Call(symbol + "_", {std::move(operand)}) : std::move(operand);
}

absl::StatusOr<CelNode> Parser::Member() {
  ASSIGN_OR_RETURN(CelNode node, Primary());
  while (Peek().Is(".") || Peek().Is("[")) {
    ASSIGN_OR_RETURN(node, Suffix(std::move(node)));
  }
  return node;
}

// .field, .function(args), [index]
absl::StatusOr<CelNode> Parser::Suffix(CelNode operand) {
  if (Take("[")) {
    ASSIGN_OR_RETURN(CelNode index, Expression());
    RETURN_IF_ERROR(Expect("]"));
    return build_.Call("_[_]", {std::move(operand), std::move(index)});
  }
  RETURN_IF_ERROR(Expect("."));
  if (Peek().kind != Kind::kName || Peek().text == "in") return Unexpected("a field or function");
  const std::string name = tokens_[at_++].text;
  if (Take("(")) return CallOrMacro(name, &operand);
  return build_.Select(std::move(operand), name);
}

absl::StatusOr<CelNode> Parser::CallOrMacro(std::string_view function, CelNode* target) {
  ASSIGN_OR_RETURN(std::vector<CelNode> args, Expressions(")"));
  if (auto expansion = build_.Macro(function, target, args)) return *std::move(expansion);
  if (target == nullptr) return build_.Call(function, std::move(args));
  return build_.MemberCall(function, std::move(*target), std::move(args));
}

absl::StatusOr<CelNode> Parser::Primary() {
  if (Take("(")) {
    ASSIGN_OR_RETURN(CelNode node, Expression());
    RETURN_IF_ERROR(Expect(")"));
    return node;
  }
  if (Take("[")) {
    ASSIGN_OR_RETURN(std::vector<CelNode> elements, Expressions("]"));
    return build_.List(std::move(elements));
  }
  if (Take("{")) return MapOrMessage("");
  if (AtNegativeNumber()) {
    ++at_;
    return Literal(true);
  }
  const Kind kind = Peek().kind;
  if (kind == Kind::kName || Peek().Is(".")) return Name();
  if (kind == Kind::kSymbol || kind == Kind::kEnd) return Unexpected("an expression");
  return Literal(false);
}

// A constant by name, a variable, a call, or a.b.Message{…}.
absl::StatusOr<CelNode> Parser::Name() {
  Constant constant;
  const std::string& text = Peek().text;
  if (text == "true" || text == "false") constant.set_bool_value(text == "true");
  if (text == "null") constant.set_null_value(google::protobuf::NULL_VALUE);
  if (constant.constant_kind_case() != Constant::CONSTANT_KIND_NOT_SET) {
    ++at_;
    return build_.Constant(std::move(constant));
  }
  std::string name = Take(".") ? "." : "";
  if (Peek().kind != Kind::kName || IsReserved(Peek().text)) return Unexpected("a name");
  name += tokens_[at_++].text;
  if (Take("(")) return CallOrMacro(name, nullptr);
  // Look ahead for the brace of a message.
  std::string message = name;
  size_t ahead = 0;
  while (Peek(ahead).Is(".") && Peek(ahead + 1).kind == Kind::kName) {
    message += "." + Peek(ahead + 1).text;
    ahead += 2;
  }
  if (!Peek(ahead).Is("{")) return build_.Ident(name);
  at_ += ahead + 1;
  return MapOrMessage(message);
}

absl::StatusOr<CelNode> Parser::Literal(bool negative) {
  const CelToken& token = tokens_[at_++];
  Constant constant;
  switch (token.kind) {
    case Kind::kInt: {
      const std::uint64_t largest =
          std::uint64_t{std::numeric_limits<std::int64_t>::max()} + (negative ? 1 : 0);
      if (token.integer > largest)
        return CelErrorAt(token.offset, "an integer that is larger than 64 bits");
      constant.set_int64_value(
          static_cast<std::int64_t>(negative ? -token.integer : token.integer));
      break;
    }
    case Kind::kUint:
      constant.set_uint64_value(token.integer);
      break;
    case Kind::kDouble:
      constant.set_double_value(negative ? -token.number : token.number);
      break;
    case Kind::kBytes:
      constant.set_bytes_value(token.text);
      break;
    default:
      constant.set_string_value(token.text);
      break;
  }
  return build_.Constant(std::move(constant));
}

// After "{": key: value, … for a map, field: value, … for a message.
absl::StatusOr<CelNode> Parser::MapOrMessage(std::string_view name) {
  std::vector<CelNode> nodes;
  std::vector<std::string> fields;
  while (!Take("}")) {
    if (!nodes.empty()) RETURN_IF_ERROR(Expect(","));
    if (Take("}")) break;
    if (name.empty()) {
      ASSIGN_OR_RETURN(CelNode key, Expression());
      nodes.push_back(std::move(key));
    } else {
      if (Peek().kind != Kind::kName) return Unexpected("a field");
      fields.push_back(tokens_[at_++].text);
    }
    RETURN_IF_ERROR(Expect(":"));
    ASSIGN_OR_RETURN(CelNode value, Expression());
    nodes.push_back(std::move(value));
  }
  return name.empty() ? build_.Map(std::move(nodes))
                      : build_.Message(name, fields, std::move(nodes));
}

// Expressions with commas between them, up to `end`. Only a list may have a comma at the end.
absl::StatusOr<std::vector<CelNode>> Parser::Expressions(std::string_view end) {
  std::vector<CelNode> nodes;
  while (!Take(end)) {
    if (!nodes.empty()) RETURN_IF_ERROR(Expect(","));
    if (end == "]" && Take(end)) break;
    ASSIGN_OR_RETURN(CelNode node, Expression());
    nodes.push_back(std::move(node));
  }
  return nodes;
}

absl::StatusOr<CheckedExpr> Parser::All() {
  ASSIGN_OR_RETURN(CelNode node, Expression());
  if (Peek().kind != Kind::kEnd) return Unexpected("an operator or the end");
  if (node.depth == 0) {
    return CelErrorAt(0, absl::StrCat("an expression that nests deeper than ", kMaxCelDepth));
  }
  CheckedExpr checked;
  *checked.mutable_expr() = std::move(node.expr);
  auto calls = build_.TakeMacroCalls();
  if (!calls.empty()) *checked.mutable_source_info()->mutable_macro_calls() = std::move(calls);
  RenumberCel(checked);
  return checked;
}

}  // namespace

absl::StatusOr<CheckedExpr> CelFromText(std::string_view text) {
  if (text.size() > kMaxCelBytes) {
    return CelErrorAt(0, absl::StrCat(text.size(), " bytes; at most ", kMaxCelBytes));
  }
  if (!base::IsValidUtf8(text)) return CelErrorAt(0, "a text that is not UTF-8");
  ASSIGN_OR_RETURN(std::vector<CelToken> tokens, LexCel(text));
  return Parser(std::move(tokens)).All();
}

}  // namespace ichor
