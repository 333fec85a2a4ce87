#include "lib/resource/cel/evaluate.h"

#include <algorithm>
#include <compare>
#include <format>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/cel/number.h"
#include "lib/resource/cel/standard.h"

namespace ichor {
namespace {

using google::api::expr::v1alpha1::Constant;
using google::api::expr::v1alpha1::Expr;
using google::protobuf::Message;
using Result = absl::StatusOr<CelValue>;

constexpr int kMaxSteps = 100'000;

absl::Status Mistake(const std::string& text) {
  return absl::InvalidArgumentError(text);
}

CelValue ValueOf(const Constant& constant) {
  switch (constant.constant_kind_case()) {
    case Constant::kBoolValue:
      return CelValue(constant.bool_value());
    case Constant::kInt64Value:
      return CelValue(std::int64_t{constant.int64_value()});
    case Constant::kUint64Value:
      return CelValue(std::uint64_t{constant.uint64_value()});
    case Constant::kDoubleValue:
      return CelValue(constant.double_value());
    case Constant::kStringValue:
      return CelValue(std::string(constant.string_value()));
    case Constant::kBytesValue:
      return CelValue(CelBytes{constant.bytes_value()});
    default:
      return {};
  }
}

const CelValue* FindKey(const CelMap& map, const CelValue& key) {
  const auto found =
      std::ranges::find_if(map, [&](const auto& entry) { return CelEquals(entry.first, key); });
  return found == map.end() ? nullptr : &found->second;
}

class Evaluation {
 public:
  explicit Evaluation(const CelScope& scope) : scope_(scope) {}

  Result Run(const Expr& expr) {
    if (++steps_ > kMaxSteps) {
      return absl::ResourceExhaustedError("the expression takes too many steps");
    }
    switch (expr.expr_kind_case()) {
      case Expr::kConstExpr:
        return ValueOf(expr.const_expr());
      case Expr::kIdentExpr:
        return Variable(expr.ident_expr().name());
      case Expr::kSelectExpr:
        return Select(expr.select_expr());
      case Expr::kCallExpr:
        return Call(expr.call_expr());
      case Expr::kListExpr:
        return List(expr.list_expr());
      case Expr::kStructExpr:
        return Map(expr.struct_expr());
      case Expr::kComprehensionExpr:
        return Comprehension(expr.comprehension_expr());
      default:
        return Mistake("an empty expression");
    }
  }

 private:
  Result Variable(const std::string& name) const {
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
      if (local->first == name) {
        return local->second;
      }
    }
    const auto found = scope_.variables.find(name);
    if (found == scope_.variables.end()) {
      return Mistake(std::format("there is no \"{}\"", name));
    }
    return found->second;
  }

  Result Select(const Expr::Select& select) {
    ASSIGN_OR_RETURN(const CelValue operand, Run(select.operand()));
    if (const auto* const map = operand.As<CelMap>()) {
      const CelValue* const found = FindKey(*map, CelValue(std::string(select.field())));
      if (select.test_only()) {
        return CelValue(found != nullptr);
      }
      return found == nullptr ? Result(Mistake(std::format("no key \"{}\"", select.field())))
                              : Result(*found);
    }
    const auto* const message = operand.As<const Message*>();
    const auto* const field =
        message == nullptr ? nullptr : (*message)->GetDescriptor()->FindFieldByName(select.field());
    if (field == nullptr) {
      return Mistake(std::format("{} has no field \"{}\"", KindName(operand), select.field()));
    }
    CelValue value = FieldValue(**message, *field);
    return select.test_only() ? CelValue(!IsEmpty(value)) : value;
  }

  Result List(const Expr::CreateList& literal) {
    CelList list;
    for (const Expr& element : literal.elements()) {
      ASSIGN_OR_RETURN(CelValue value, Run(element));
      list.push_back(std::move(value));
    }
    return CelValue(std::move(list));
  }

  Result Map(const Expr::CreateStruct& literal) {
    if (!literal.message_name().empty()) {
      return absl::UnimplementedError(literal.message_name() + "{}");
    }
    CelMap map;
    for (const auto& entry : literal.entries()) {
      ASSIGN_OR_RETURN(CelValue key, Run(entry.map_key()));
      ASSIGN_OR_RETURN(CelValue value, Run(entry.value()));
      map.emplace_back(std::move(key), std::move(value));
    }
    return CelValue(std::move(map));
  }

  Result Comprehension(const Expr::Comprehension& fold) {
    ASSIGN_OR_RETURN(const CelValue range, Run(fold.iter_range()));
    CelList items;
    if (const auto* const map = range.As<CelMap>()) {
      for (const auto& [key, value] : *map) {
        items.push_back(key);
      }
    } else if (const auto* const list = range.As<CelList>()) {
      items = *list;
    } else {
      return Mistake("no macro goes over " + KindName(range));
    }
    ASSIGN_OR_RETURN(CelValue start, Run(fold.accu_init()));
    locals_.emplace_back(fold.accu_var(), std::move(start));
    Result result = Fold(fold, items);
    if (result.ok()) {
      result = Run(fold.result());
    }
    locals_.pop_back();
    return result;
  }

  // The last local is what is folded into.
  Result Fold(const Expr::Comprehension& fold, const CelList& items) {
    for (const CelValue& item : items) {
      ASSIGN_OR_RETURN(const CelValue goes_on, Run(fold.loop_condition()));
      if (const bool* const truth = goes_on.As<bool>(); truth != nullptr && !*truth) {
        break;
      }
      locals_.emplace_back(fold.iter_var(), item);
      Result step = Run(fold.loop_step());
      locals_.pop_back();
      RETURN_IF_ERROR(step.status());
      locals_.back().second = *std::move(step);
    }
    return CelValue();
  }

  Result Call(const Expr::Call& call) {
    const std::string& name = call.function();
    if (name == "_&&_" || name == "_||_") {
      return Logical(call, name == "_||_");
    }
    if (name == "@not_strictly_false") {
      const Result value = Run(call.args(0));
      const bool* const truth = value.ok() ? value->As<bool>() : nullptr;
      return CelValue(truth == nullptr || *truth);
    }
    if (name == "_?_:_" && call.args_size() == 3) {
      ASSIGN_OR_RETURN(const CelValue condition, Run(call.args(0)));
      const bool* const truth = condition.As<bool>();
      return truth == nullptr ? Result(Mistake("the condition of ?: is no truth value"))
                              : Run(call.args(*truth ? 1 : 2));
    }
    std::vector<CelValue> arguments;
    if (call.has_target()) {
      ASSIGN_OR_RETURN(arguments.emplace_back(), Run(call.target()));
    }
    for (const Expr& argument : call.args()) {
      ASSIGN_OR_RETURN(arguments.emplace_back(), Run(argument));
    }
    const std::string key = call.has_target() ? "." + name : name;
    const auto own = scope_.functions.find(key);
    return own == scope_.functions.end() ? CallStandardCel(key, arguments) : own->second(arguments);
  }

  // An error on one side counts only if the other one does not decide.
  Result Logical(const Expr::Call& call, bool decides) {
    absl::Status error;
    for (const Expr& side : call.args()) {
      const Result value = Run(side);
      const bool* const truth = value.ok() ? value->As<bool>() : nullptr;
      if (truth != nullptr && *truth == decides) {
        return CelValue(decides);
      }
      if (truth == nullptr) {
        error = value.ok() ? Mistake(KindName(*value) + " is no truth value") : value.status();
      }
    }
    return error.ok() ? Result(CelValue(!decides)) : Result(error);
  }

  const CelScope& scope_;
  std::vector<std::pair<std::string, CelValue>> locals_;
  int steps_ = 0;
};

}  // namespace

absl::StatusOr<CelValue> EvaluateCel(const Expr& expression, const CelScope& scope) {
  return Evaluation(scope).Run(expression);
}

absl::StatusOr<bool> CelHolds(std::string_view text, const CelScope& scope) {
  ASSIGN_OR_RETURN(const auto expression, CelFromText(text));
  ASSIGN_OR_RETURN(const CelValue value, EvaluateCel(expression.expr(), scope));
  const bool* const truth = value.As<bool>();
  return truth == nullptr ? absl::StatusOr<bool>(
                                Mistake(std::format("it gives {}, expected bool", KindName(value))))
                          : absl::StatusOr<bool>(*truth);
}

}  // namespace ichor
