#include "lib/resource/cel/build.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "lib/resource/cel/cel.h"

namespace ichor {
namespace {

using google::api::expr::v1alpha1::Expr;

constexpr std::string_view kAccumulator = "__result__";

// Moves `child` into `place`, a part of `parent`.
void Adopt(CelNode& parent, CelNode child, Expr& place) {
  place = std::move(child.expr);
  const bool too_deep = parent.depth == 0 || child.depth == 0 || child.depth >= kMaxCelDepth;
  parent.depth = too_deep ? 0 : std::max(parent.depth, child.depth + 1);
}

// A node that nests too deep keeps nothing, so that no chain grows long enough to hurt.
CelNode Finished(CelNode node) {
  if (node.depth == 0) node.expr.Clear();
  return node;
}

// Whether this is has(operand.field).
bool IsHas(std::string_view function, const std::vector<CelNode>& args) {
  return function == "has" && args.size() == 1 && args[0].expr.has_select_expr() &&
         !args[0].expr.select_expr().test_only();
}

// Whether this is all(variable, test) and the like.
bool IsFold(std::string_view function, const std::vector<CelNode>& args) {
  constexpr std::array<std::string_view, 5> kTests = {"all", "exists", "exists_one", "existsOne",
                                                      "filter"};
  const bool test = args.size() == 2 && std::ranges::contains(kTests, function);
  const bool map = function == "map" && (args.size() == 2 || args.size() == 3);
  return (test || map) && args[0].expr.has_ident_expr();
}

}  // namespace

CelNode CelBuilder::NewNode() {
  CelNode node;
  node.expr.set_id(next_id_++);
  return node;
}

CelNode CelBuilder::Constant(google::api::expr::v1alpha1::Constant value) {
  CelNode node = NewNode();
  *node.expr.mutable_const_expr() = std::move(value);
  return node;
}

CelNode CelBuilder::Bool(bool value) {
  google::api::expr::v1alpha1::Constant constant;
  constant.set_bool_value(value);
  return Constant(std::move(constant));
}

CelNode CelBuilder::Ident(std::string_view name) {
  CelNode node = NewNode();
  node.expr.mutable_ident_expr()->set_name(std::string(name));
  return node;
}

CelNode CelBuilder::Accumulator() {
  return Ident(kAccumulator);
}

CelNode CelBuilder::Select(CelNode operand, std::string_view field) {
  CelNode node = NewNode();
  auto& select = *node.expr.mutable_select_expr();
  select.set_field(std::string(field));
  Adopt(node, std::move(operand), *select.mutable_operand());
  return Finished(std::move(node));
}

CelNode CelBuilder::Call(std::string_view function, std::vector<CelNode> args) {
  CelNode node = NewNode();
  auto& call = *node.expr.mutable_call_expr();
  call.set_function(std::string(function));
  for (CelNode& arg : args)
    Adopt(node, std::move(arg), *call.add_args());
  return Finished(std::move(node));
}

CelNode CelBuilder::MemberCall(std::string_view function, CelNode target,
                               std::vector<CelNode> args) {
  CelNode node = Call(function, std::move(args));
  Adopt(node, std::move(target), *node.expr.mutable_call_expr()->mutable_target());
  return Finished(std::move(node));
}

CelNode CelBuilder::List(std::vector<CelNode> elements) {
  CelNode node = NewNode();
  auto& list = *node.expr.mutable_list_expr();
  for (CelNode& element : elements)
    Adopt(node, std::move(element), *list.add_elements());
  return Finished(std::move(node));
}

CelNode CelBuilder::Map(std::vector<CelNode> entries) {
  CelNode node = NewNode();
  auto& map = *node.expr.mutable_struct_expr();
  for (size_t i = 0; i + 1 < entries.size(); i += 2) {
    auto& entry = *map.add_entries();
    entry.set_id(next_id_++);
    Adopt(node, std::move(entries[i]), *entry.mutable_map_key());
    Adopt(node, std::move(entries[i + 1]), *entry.mutable_value());
  }
  return Finished(std::move(node));
}

CelNode CelBuilder::Message(std::string_view name, const std::vector<std::string>& fields,
                            std::vector<CelNode> values) {
  CelNode node = NewNode();
  auto& message = *node.expr.mutable_struct_expr();
  message.set_message_name(std::string(name));
  for (size_t i = 0; i < fields.size(); ++i) {
    auto& entry = *message.add_entries();
    entry.set_id(next_id_++);
    entry.set_field_key(fields[i]);
    Adopt(node, std::move(values[i]), *entry.mutable_value());
  }
  return Finished(std::move(node));
}

// A copy in which what a macro became stands as its id alone: its own call says what it was.
Expr CelBuilder::AsWritten(const Expr& expr) const {
  Expr copy;
  if (macro_calls_.contains(expr.id())) {
    copy.set_id(expr.id());
    return copy;
  }
  copy = expr;
  const auto replace = [this](Expr& part) { part = AsWritten(Expr(part)); };
  if (copy.has_select_expr()) replace(*copy.mutable_select_expr()->mutable_operand());
  if (copy.has_call_expr()) {
    if (copy.call_expr().has_target()) replace(*copy.mutable_call_expr()->mutable_target());
    for (Expr& arg : *copy.mutable_call_expr()->mutable_args())
      replace(arg);
  }
  if (copy.has_list_expr()) {
    for (Expr& element : *copy.mutable_list_expr()->mutable_elements())
      replace(element);
  }
  if (copy.has_struct_expr()) {
    for (auto& entry : *copy.mutable_struct_expr()->mutable_entries()) {
      if (entry.has_map_key()) replace(*entry.mutable_map_key());
      replace(*entry.mutable_value());
    }
  }
  return copy;
}

void CelBuilder::KeepCall(const CelNode& expansion, std::string_view function,
                          const CelNode* target, const std::vector<CelNode>& args) {
  Expr written;
  auto& call = *written.mutable_call_expr();
  call.set_function(std::string(function));
  if (target != nullptr) *call.mutable_target() = AsWritten(target->expr);
  for (const CelNode& arg : args)
    *call.add_args() = AsWritten(arg.expr);
  macro_calls_[expansion.expr.id()] = std::move(written);
}

CelNode CelBuilder::Has(CelNode& argument) {
  CelNode node = NewNode();
  node.depth = argument.depth;
  *node.expr.mutable_select_expr() = std::move(*argument.expr.mutable_select_expr());
  node.expr.mutable_select_expr()->set_test_only(true);
  return node;
}

CelNode CelBuilder::Fold(std::string_view macro, CelNode range, std::string variable,
                         std::vector<CelNode> args) {
  google::api::expr::v1alpha1::Constant zero;
  zero.set_int64_value(0);
  google::api::expr::v1alpha1::Constant one;
  one.set_int64_value(1);

  CelNode init = Bool(macro == "all");
  CelNode condition = Bool(true);
  CelNode result = Accumulator();
  CelNode step;
  CelNode test = std::move(args[0]);
  if (macro == "all") {
    condition = Call("@not_strictly_false", {Accumulator()});
    step = Call("_&&_", {Accumulator(), std::move(test)});
  } else if (macro == "exists") {
    condition = Call("@not_strictly_false", {Call("!_", {Accumulator()})});
    step = Call("_||_", {Accumulator(), std::move(test)});
  } else if (macro == "exists_one" || macro == "existsOne") {
    init = Constant(zero);
    step = Call("_?_:_",
                {std::move(test), Call("_+_", {Accumulator(), Constant(one)}), Accumulator()});
    result = Call("_==_", {Accumulator(), Constant(one)});
  } else {  // map, filter
    init = List({});
    if (macro == "map" && args.size() == 1) {
      step = Call("_+_", {Accumulator(), List({std::move(test)})});
    } else {
      CelNode element = macro == "map" ? std::move(args[1]) : Ident(variable);
      step = Call("_+_", {Accumulator(), List({std::move(element)})});
      step = Call("_?_:_", {std::move(test), std::move(step), Accumulator()});
    }
  }

  CelNode node = NewNode();
  auto& fold = *node.expr.mutable_comprehension_expr();
  fold.set_iter_var(std::move(variable));
  fold.set_accu_var(std::string(kAccumulator));
  Adopt(node, std::move(range), *fold.mutable_iter_range());
  Adopt(node, std::move(init), *fold.mutable_accu_init());
  Adopt(node, std::move(condition), *fold.mutable_loop_condition());
  Adopt(node, std::move(step), *fold.mutable_loop_step());
  Adopt(node, std::move(result), *fold.mutable_result());
  return Finished(std::move(node));
}

std::optional<CelNode> CelBuilder::Macro(std::string_view function, CelNode* target,
                                         std::vector<CelNode>& args) {
  const bool fold = target != nullptr && IsFold(function, args);
  const bool has = target == nullptr && IsHas(function, args);
  // What became too deep on the way is no macro: the depth is the error.
  const auto deep = [](const CelNode& node) { return node.depth == 0; };
  if (!(fold || has) || std::ranges::any_of(args, deep) || (fold && deep(*target))) {
    return std::nullopt;
  }
  const std::vector<CelNode> written = args;
  if (has) {
    CelNode node = Has(args[0]);
    KeepCall(node, function, nullptr, written);
    return node;
  }
  const CelNode range = *target;
  std::string variable = args[0].expr.ident_expr().name();
  args.erase(args.begin());
  CelNode node = Fold(function, std::move(*target), std::move(variable), std::move(args));
  if (node.depth != 0) KeepCall(node, function, &range, written);
  return node;
}

google::protobuf::Map<std::int64_t, Expr> CelBuilder::TakeMacroCalls() {
  return std::move(macro_calls_);
}

}  // namespace ichor
