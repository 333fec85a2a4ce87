#include "lib/resource/cel/renumber.h"

#include <cstdint>
#include <map>
#include <utility>

namespace ichor {
namespace {

using google::api::expr::v1alpha1::CheckedExpr;
using google::api::expr::v1alpha1::Expr;

class Renumberer {
 public:
  std::int64_t NewId(std::int64_t old) {
    const auto [found, fresh] = ids_.try_emplace(old, next_);
    if (fresh) ++next_;
    return found->second;
  }

  void Visit(Expr& expr) {
    expr.set_id(NewId(expr.id()));
    VisitParts(expr);
  }

  void VisitParts(Expr& expr);

 private:
  void VisitEntries(Expr::CreateStruct& value);
  void VisitFold(Expr::Comprehension& fold);

  std::map<std::int64_t, std::int64_t> ids_;
  std::int64_t next_ = 1;
};

void Renumberer::VisitEntries(Expr::CreateStruct& value) {
  for (auto& entry : *value.mutable_entries()) {
    entry.set_id(NewId(entry.id()));
    if (entry.has_map_key()) Visit(*entry.mutable_map_key());
    Visit(*entry.mutable_value());
  }
}

void Renumberer::VisitFold(Expr::Comprehension& fold) {
  Visit(*fold.mutable_iter_range());
  Visit(*fold.mutable_accu_init());
  Visit(*fold.mutable_loop_condition());
  Visit(*fold.mutable_loop_step());
  Visit(*fold.mutable_result());
}

void Renumberer::VisitParts(Expr& expr) {
  switch (expr.expr_kind_case()) {
    case Expr::kSelectExpr:
      return Visit(*expr.mutable_select_expr()->mutable_operand());
    case Expr::kStructExpr:
      return VisitEntries(*expr.mutable_struct_expr());
    case Expr::kComprehensionExpr:
      return VisitFold(*expr.mutable_comprehension_expr());
    case Expr::kListExpr:
      for (Expr& element : *expr.mutable_list_expr()->mutable_elements())
        Visit(element);
      return;
    case Expr::kCallExpr:
      if (expr.call_expr().has_target()) Visit(*expr.mutable_call_expr()->mutable_target());
      for (Expr& arg : *expr.mutable_call_expr()->mutable_args())
        Visit(arg);
      return;
    default:
      return;
  }
}

}  // namespace

void RenumberCel(CheckedExpr& checked) {
  Renumberer renumberer;
  renumberer.Visit(*checked.mutable_expr());
  if (!checked.has_source_info()) return;
  auto& calls = *checked.mutable_source_info()->mutable_macro_calls();
  std::map<std::int64_t, Expr> sorted;
  for (auto& [id, call] : calls)
    sorted[renumberer.NewId(id)] = std::move(call);
  calls.clear();
  for (auto& [id, call] : sorted) {
    renumberer.VisitParts(
        call);  // the call itself has no id: it never was a part of the expression
    calls[id] = std::move(call);
  }
}

}  // namespace ichor
