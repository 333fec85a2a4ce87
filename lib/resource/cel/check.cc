#include "lib/resource/cel/check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/ascii.h"
#include "google/protobuf/descriptor.h"
#include "lib/base/status.h"

namespace ichor {
namespace {

using google::api::expr::v1alpha1::Constant;
using google::api::expr::v1alpha1::Expr;
using google::protobuf::DescriptorPool;
using Kind = CelType::Kind;

// Words that stand for types where a value is wanted.
constexpr std::array<std::string_view, 12> kTypeNames = {
    "bool", "bytes",     "double", "dyn",  "int",  "list",
    "map",  "null_type", "string", "type", "uint", "optional_type"};

absl::Status Mistake(const std::string& text) {
  return absl::InvalidArgumentError(text);
}

CelType Of(Kind kind) {
  return {.kind = kind};
}

CelType TypeOfConstant(const Constant& constant) {
  switch (constant.constant_kind_case()) {
    case Constant::kNullValue:
      return Of(Kind::kNull);
    case Constant::kBoolValue:
      return Of(Kind::kBool);
    case Constant::kInt64Value:
      return Of(Kind::kInt);
    case Constant::kUint64Value:
      return Of(Kind::kUint);
    case Constant::kDoubleValue:
      return Of(Kind::kDouble);
    case Constant::kStringValue:
      return Of(Kind::kString);
    case Constant::kBytesValue:
      return Of(Kind::kBytes);
    default:
      return {};
  }
}

// "a.b.c" of names with dots between them; nothing for other expressions.
std::optional<std::string> QualifiedName(const Expr& expr) {
  if (expr.has_ident_expr()) return expr.ident_expr().name();
  if (!expr.has_select_expr() || expr.select_expr().test_only()) return std::nullopt;
  std::optional<std::string> name = QualifiedName(expr.select_expr().operand());
  if (name) *name += "." + expr.select_expr().field();
  return name;
}

// Whether this is the name of a value of an enumeration: "package.Type.VALUE".
bool IsEnumValue(const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string::npos) return false;
  const auto* type = DescriptorPool::generated_pool()->FindEnumTypeByName(name.substr(0, dot));
  return type != nullptr && type->FindValueByName(name.substr(dot + 1)) != nullptr;
}

// "_>_" as people write it.
std::string Written(std::string_view function) {
  if (function == "_?_:_") return "?:";
  if (function == "@in") return "in";
  if (function == "_[_]") return "[]";
  std::string text;
  for (const char c : function) {
    const bool in_name =
        !text.empty() && absl::ascii_isalnum(static_cast<unsigned char>(text.back()));
    const bool placeholder = c == '_' && !in_name;
    if (!placeholder) text += c;
  }
  return text.starts_with('.') ? text.substr(1) : text;
}

std::string List(std::span<const CelType> types) {
  std::string text;
  for (size_t i = 0; i < types.size(); ++i) {
    const bool last = i + 1 == types.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + ToString(types[i]);
  }
  return text.empty() ? "nothing" : text;
}

bool HasBoth(std::span<const CelType> types, Kind one, Kind other) {
  return std::ranges::contains(types, one, &CelType::kind) &&
         std::ranges::contains(types, other, &CelType::kind);
}

// How to write a number so that it goes together with the others.
std::string Hint(std::span<const CelType> types) {
  if (HasBoth(types, Kind::kUint, Kind::kInt)) return ": a uint is written 100u";
  if (HasBoth(types, Kind::kDouble, Kind::kInt)) return ": a double is written 1.0";
  return "";
}

class TypeChecker {
 public:
  explicit TypeChecker(const CelEnvironment& environment) : environment_(environment) {}

  absl::StatusOr<CelType> Check(const Expr& expr);

 private:
  absl::StatusOr<CelType> Ident(const std::string& name);
  absl::StatusOr<CelType> Select(const Expr& expr);
  absl::StatusOr<CelType> Call(const Expr::Call& call);
  absl::StatusOr<CelType> MakeList(const Expr::CreateList& list);
  absl::StatusOr<CelType> MakeStruct(const Expr::CreateStruct& made);
  absl::StatusOr<CelType> Fold(const Expr::Comprehension& fold);
  const CelFunction* Find(std::string_view name) const;
  const CelType* FindVariable(const std::string& name) const;

  const CelEnvironment& environment_;
  std::vector<std::pair<std::string, CelType>> locals_;  // of folds; the innermost last
};

const CelType* TypeChecker::FindVariable(const std::string& name) const {
  for (size_t i = locals_.size(); i > 0; --i) {
    if (locals_[i - 1].first == name) return &locals_[i - 1].second;
  }
  const auto found = environment_.variables.find(name);
  return found == environment_.variables.end() ? nullptr : &found->second;
}

const CelFunction* TypeChecker::Find(std::string_view name) const {
  const auto found = std::ranges::find(environment_.functions, name, &CelFunction::name);
  return found != environment_.functions.end() ? &*found : FindStandardCelFunction(name);
}

absl::StatusOr<CelType> TypeChecker::Ident(const std::string& name) {
  if (const CelType* type = FindVariable(name)) return *type;
  if (std::ranges::contains(kTypeNames, name)) return Of(Kind::kType);
  return Mistake("unknown name \"" + name + "\"");
}

absl::StatusOr<CelType> TypeChecker::Select(const Expr& expr) {
  const auto& select = expr.select_expr();
  if (const auto name = QualifiedName(expr); name && IsEnumValue(*name)) return Of(Kind::kInt);
  ASSIGN_OR_RETURN(const CelType operand, Check(select.operand()));
  CelType field;
  if (operand.Is(Kind::kMessage)) {
    const auto* found = operand.message->FindFieldByName(select.field());
    if (found == nullptr) {
      return Mistake(ToString(operand) + " has no field \"" + select.field() + "\"");
    }
    field = CelTypeOf(*found);
  } else if (operand.Is(Kind::kMap)) {
    field = operand.of[1];
  } else if (!operand.Is(Kind::kAny)) {
    return Mistake("a " + ToString(operand) + " has no fields: \"" + select.field() + "\"");
  }
  return select.test_only() ? Of(Kind::kBool) : field;
}

absl::StatusOr<CelType> TypeChecker::Call(const Expr::Call& call) {
  std::string name = call.function();
  std::vector<CelType> arguments;
  const auto space = call.has_target() ? QualifiedName(call.target()) : std::nullopt;
  if (space && Find(*space + "." + name) != nullptr) {
    name = *space + "." + name;
  } else if (call.has_target()) {
    name = "." + name;
    ASSIGN_OR_RETURN(arguments.emplace_back(), Check(call.target()));
  }
  const bool optional_macro = name == ".optMap" || name == ".optFlatMap";
  if (optional_macro) return CelType{};
  const CelFunction* function = Find(name);
  if (function == nullptr) return Mistake("unknown function \"" + Written(name) + "\"");
  for (const Expr& argument : call.args()) {
    ASSIGN_OR_RETURN(arguments.emplace_back(), Check(argument));
  }
  std::optional<CelType> result = CallCel(*function, arguments);
  if (result) return *std::move(result);
  return Mistake("\"" + Written(name) + "\" does not take " + List(arguments) + Hint(arguments));
}

absl::StatusOr<CelType> TypeChecker::MakeList(const Expr::CreateList& list) {
  std::vector<CelType> items;
  for (const Expr& element : list.elements()) {
    ASSIGN_OR_RETURN(items.emplace_back(), Check(element));
  }
  return CelType{.kind = Kind::kList, .of = {CommonCelType(items)}};
}

absl::StatusOr<CelType> TypeChecker::MakeStruct(const Expr::CreateStruct& made) {
  std::vector<CelType> keys;
  std::vector<CelType> values;
  for (const auto& entry : made.entries()) {
    if (entry.has_map_key()) {
      ASSIGN_OR_RETURN(keys.emplace_back(), Check(entry.map_key()));
    }
    ASSIGN_OR_RETURN(values.emplace_back(), Check(entry.value()));
  }
  if (made.message_name().empty()) {
    return CelType{.kind = Kind::kMap, .of = {CommonCelType(keys), CommonCelType(values)}};
  }
  const auto* message =
      DescriptorPool::generated_pool()->FindMessageTypeByName(made.message_name());
  if (message == nullptr) return Mistake("unknown message \"" + made.message_name() + "\"");
  return CelTypeOf(*message);
}

absl::StatusOr<CelType> TypeChecker::Fold(const Expr::Comprehension& fold) {
  ASSIGN_OR_RETURN(const CelType range, Check(fold.iter_range()));
  CelType item;
  if (range.Is(Kind::kList) || range.Is(Kind::kMap)) {
    item = range.of[0];
  } else if (!range.Is(Kind::kAny)) {
    return Mistake("a " + ToString(range) + " has no items");
  }
  ASSIGN_OR_RETURN(const CelType begin, Check(fold.accu_init()));
  locals_.emplace_back(fold.iter_var(), item);
  locals_.emplace_back(fold.accu_var(), begin);
  ASSIGN_OR_RETURN(CelType step, Check(fold.loop_step()));
  locals_.back().second = std::move(step);
  absl::StatusOr<CelType> result = Check(fold.result());
  locals_.resize(locals_.size() - 2);
  return result;
}

absl::StatusOr<CelType> TypeChecker::Check(const Expr& expr) {
  switch (expr.expr_kind_case()) {
    case Expr::kConstExpr:
      return TypeOfConstant(expr.const_expr());
    case Expr::kIdentExpr:
      return Ident(expr.ident_expr().name());
    case Expr::kSelectExpr:
      return Select(expr);
    case Expr::kCallExpr:
      return Call(expr.call_expr());
    case Expr::kListExpr:
      return MakeList(expr.list_expr());
    case Expr::kStructExpr:
      return MakeStruct(expr.struct_expr());
    case Expr::kComprehensionExpr:
      return Fold(expr.comprehension_expr());
    default:
      return CelType{};
  }
}

}  // namespace

absl::StatusOr<CelType> CheckCel(const Expr& expression, const CelEnvironment& environment) {
  return TypeChecker(environment).Check(expression);
}

}  // namespace ichor
