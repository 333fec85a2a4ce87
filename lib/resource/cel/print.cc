// CelToText: from an expression to its text.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/cel/string.h"

namespace ichor {
namespace {

using google::api::expr::v1alpha1::CheckedExpr;
using google::api::expr::v1alpha1::Constant;
using google::api::expr::v1alpha1::Expr;

// How tight something binds; tighter is higher.
constexpr int kTernary = 0;
constexpr int kAnd = 2;
constexpr int kUnary = 6;
constexpr int kMember = 7;

struct Operator {
  std::string_view function;
  std::string_view symbol;
  int binding;
};

constexpr std::array<Operator, 14> kOperators = {{{"_||_", " || ", 1},
                                                  {"_&&_", " && ", kAnd},
                                                  {"_==_", " == ", 3},
                                                  {"_!=_", " != ", 3},
                                                  {"_<_", " < ", 3},
                                                  {"_<=_", " <= ", 3},
                                                  {"_>_", " > ", 3},
                                                  {"_>=_", " >= ", 3},
                                                  {"@in", " in ", 3},
                                                  {"_+_", " + ", 4},
                                                  {"_-_", " - ", 4},
                                                  {"_*_", " * ", 5},
                                                  {"_/_", " / ", 5},
                                                  {"_%_", " % ", 5}}};

const Operator* OperatorOf(const Expr& expr) {
  if (!expr.has_call_expr() || expr.call_expr().args_size() != 2) return nullptr;
  for (const Operator& op : kOperators) {
    if (op.function == expr.call_expr().function()) return &op;
  }
  return nullptr;
}

bool IsCall(const Expr& expr, std::string_view function, int args) {
  return expr.has_call_expr() && expr.call_expr().function() == function &&
         expr.call_expr().args_size() == args;
}

int BindingOf(const Expr& expr) {
  if (const Operator* op = OperatorOf(expr)) return op->binding;
  if (IsCall(expr, "_?_:_", 3)) return kTernary;
  if (IsCall(expr, "!_", 1) || IsCall(expr, "-_", 1)) return kUnary;
  return kMember;
}

// Whether this is a name, perhaps with a dot before it.
bool IsName(std::string_view text) {
  if (text.starts_with('.')) text.remove_prefix(1);
  const auto part = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  return !text.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(text[0])) &&
         std::ranges::all_of(text, part);
}

absl::Status NoText(std::string_view what) {
  return absl::InvalidArgumentError("no text stands for " + std::string(what));
}

class Printer {
 public:
  explicit Printer(const CheckedExpr& checked) : calls_(checked.source_info().macro_calls()) {}

  absl::Status Print(const Expr& expr);
  std::string Take() { return std::move(out_); }

 private:
  // Prints a part, in parentheses if it binds looser than `binding`.
  absl::Status Part(const Expr& expr, int binding);
  absl::Status Parts(const google::protobuf::RepeatedPtrField<Expr>& parts);
  absl::Status Value(const Constant& constant);
  absl::Status Double(double value);
  absl::Status Select(const Expr::Select& select);
  absl::Status Call(const Expr::Call& call);
  absl::Status Binary(const Expr::Call& call, const Operator& op);
  absl::Status Unary(const Expr::Call& call);
  absl::Status Struct(const Expr::CreateStruct& value);
  absl::Status Entry(const Expr::CreateStruct::Entry& entry);

  const google::protobuf::Map<std::int64_t, Expr>& calls_;
  std::string out_;
  int depth_ = 0;
};

absl::Status Printer::Part(const Expr& expr, int binding) {
  const bool parentheses = BindingOf(expr) < binding;
  if (parentheses) out_ += '(';
  RETURN_IF_ERROR(Print(expr));
  if (parentheses) out_ += ')';
  return absl::OkStatus();
}

absl::Status Printer::Parts(const google::protobuf::RepeatedPtrField<Expr>& parts) {
  bool first = true;
  for (const Expr& part : parts) {
    if (!std::exchange(first, false)) out_ += ", ";
    RETURN_IF_ERROR(Print(part));
  }
  return absl::OkStatus();
}

absl::Status Printer::Double(double value) {
  if (!std::isfinite(value)) return NoText("an infinite number");
  std::array<char, 32> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  const std::string_view digits(text.data(), result.ptr);
  out_ += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) out_ += ".0";
  return absl::OkStatus();
}

absl::Status Printer::Value(const Constant& constant) {
  switch (constant.constant_kind_case()) {
    case Constant::kNullValue:
      out_ += "null";
      break;
    case Constant::kBoolValue:
      out_ += constant.bool_value() ? "true" : "false";
      break;
    case Constant::kInt64Value:
      absl::StrAppend(&out_, constant.int64_value());
      break;
    case Constant::kUint64Value:
      absl::StrAppend(&out_, constant.uint64_value(), "u");
      break;
    case Constant::kDoubleValue:
      return Double(constant.double_value());
    case Constant::kStringValue:
      out_ += QuoteCelString(constant.string_value());
      break;
    case Constant::kBytesValue:
      out_ += QuoteCelBytes(constant.bytes_value());
      break;
    default:
      return NoText("a constant that is no literal");
  }
  return absl::OkStatus();
}

absl::Status Printer::Select(const Expr::Select& select) {
  if (select.test_only()) out_ += "has(";
  RETURN_IF_ERROR(Part(select.operand(), kMember));
  absl::StrAppend(&out_, ".", select.field(), select.test_only() ? ")" : "");
  return absl::OkStatus();
}

absl::Status Printer::Binary(const Expr::Call& call, const Operator& op) {
  RETURN_IF_ERROR(Part(call.args(0), op.binding));
  out_ += op.symbol;
  // The same operator again needs parentheses on the right, except where order does not matter.
  const Operator* right = OperatorOf(call.args(1));
  const bool chain = op.binding <= kAnd && right == &op;
  return Part(call.args(1), chain ? op.binding : op.binding + 1);
}

// What starts with a number needs parentheses under a minus, or that would become part of the
// number.
absl::Status Printer::Unary(const Expr::Call& call) {
  const bool minus = call.function() == "-_";
  out_ += minus ? '-' : '!';
  const size_t begin = out_.size();
  RETURN_IF_ERROR(Part(call.args(0), kMember));
  const char first = begin < out_.size() ? out_[begin] : ' ';
  const bool number = first == '-' || absl::ascii_isdigit(static_cast<unsigned char>(first));
  if (minus && number) {
    out_.insert(begin, 1, '(');
    out_ += ')';
  }
  return absl::OkStatus();
}

absl::Status Printer::Call(const Expr::Call& call) {
  if (call.has_target()) {
    RETURN_IF_ERROR(Part(call.target(), kMember));
    out_ += '.';
  } else if (call.function() == "_?_:_" && call.args_size() == 3) {
    RETURN_IF_ERROR(Part(call.args(0), kTernary + 1));
    out_ += " ? ";
    RETURN_IF_ERROR(Part(call.args(1), kTernary + 1));
    out_ += " : ";
    return Part(call.args(2), kTernary);
  } else if (call.function() == "_[_]" && call.args_size() == 2) {
    RETURN_IF_ERROR(Part(call.args(0), kMember));
    out_ += '[';
    RETURN_IF_ERROR(Print(call.args(1)));
    out_ += ']';
    return absl::OkStatus();
  }
  if (!IsName(call.function())) return NoText("the function " + call.function());
  absl::StrAppend(&out_, call.function(), "(");
  RETURN_IF_ERROR(Parts(call.args()));
  out_ += ')';
  return absl::OkStatus();
}

absl::Status Printer::Entry(const Expr::CreateStruct::Entry& entry) {
  if (entry.optional_entry()) return NoText("an optional entry");
  if (entry.has_map_key()) {
    RETURN_IF_ERROR(Print(entry.map_key()));
  } else {
    out_ += entry.field_key();
  }
  out_ += ": ";
  return Print(entry.value());
}

absl::Status Printer::Struct(const Expr::CreateStruct& value) {
  absl::StrAppend(&out_, value.message_name(), "{");
  for (int i = 0; i < value.entries_size(); ++i) {
    if (i > 0) out_ += ", ";
    RETURN_IF_ERROR(Entry(value.entries(i)));
  }
  out_ += '}';
  return absl::OkStatus();
}

absl::Status Printer::Print(const Expr& expr) {
  // Macro calls may refer to each other in a circle in a message from elsewhere.
  constexpr int kMaxDepth = 2 * kMaxCelDepth;
  if (++depth_ > kMaxDepth || out_.size() > 2 * kMaxCelBytes)
    return NoText("an expression of this size");
  absl::Status status;
  const auto macro = calls_.find(expr.id());
  if (macro != calls_.end() && !expr.has_select_expr()) {
    status = Print(macro->second);
  } else if (const Operator* op = OperatorOf(expr);
             op != nullptr && !expr.call_expr().has_target()) {
    status = Binary(expr.call_expr(), *op);
  } else if (BindingOf(expr) == kUnary) {
    status = Unary(expr.call_expr());
  } else {
    switch (expr.expr_kind_case()) {
      case Expr::kConstExpr:
        status = Value(expr.const_expr());
        break;
      case Expr::kIdentExpr:
        out_ += expr.ident_expr().name();
        break;
      case Expr::kSelectExpr:
        status = Select(expr.select_expr());
        break;
      case Expr::kCallExpr:
        status = Call(expr.call_expr());
        break;
      case Expr::kStructExpr:
        status = Struct(expr.struct_expr());
        break;
      case Expr::kListExpr:
        out_ += '[';
        status = Parts(expr.list_expr().elements());
        out_ += ']';
        break;
      case Expr::kComprehensionExpr:
        status = NoText("a comprehension without its macro call");
        break;
      case Expr::EXPR_KIND_NOT_SET:
        status = NoText("a part that is missing");
        break;
    }
  }
  --depth_;
  return status;
}

}  // namespace

absl::StatusOr<std::string> CelToText(const CheckedExpr& expression) {
  Printer printer(expression);
  RETURN_IF_ERROR(printer.Print(expression.expr()));
  return printer.Take();
}

}  // namespace ichor
