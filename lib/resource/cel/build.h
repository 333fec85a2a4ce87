// Makes the nodes of a CEL expression, the expansions of macros among them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/api/expr/v1alpha1/syntax.pb.h"

namespace ichor {

// An expression and how deep it nests; 0 stands for one that would nest deeper than kMaxCelDepth,
// and is empty.
struct CelNode {
  google::api::expr::v1alpha1::Expr expr;
  int depth = 1;
};

class CelBuilder {
 public:
  CelNode Constant(google::api::expr::v1alpha1::Constant value);
  CelNode Ident(std::string_view name);
  CelNode Select(CelNode operand, std::string_view field);
  CelNode Call(std::string_view function, std::vector<CelNode> args);
  CelNode MemberCall(std::string_view function, CelNode target, std::vector<CelNode> args);
  CelNode List(std::vector<CelNode> elements);

  // A map of key, value, key, value…
  CelNode Map(std::vector<CelNode> entries);
  CelNode Message(std::string_view name, const std::vector<std::string>& fields,
                  std::vector<CelNode> values);

  // The expansion of `function(args)` or `target.function(args)` if that is a macro, else nothing
  // and the arguments stay as they are.
  std::optional<CelNode> Macro(std::string_view function, CelNode* target,
                               std::vector<CelNode>& args);

  // The calls that were expanded, by the id of what they became.
  google::protobuf::Map<std::int64_t, google::api::expr::v1alpha1::Expr> TakeMacroCalls();

 private:
  CelNode NewNode();
  CelNode Bool(bool value);
  CelNode Accumulator();
  CelNode Has(CelNode& argument);
  CelNode Fold(std::string_view macro, CelNode range, std::string variable,
               std::vector<CelNode> args);
  google::api::expr::v1alpha1::Expr AsWritten(const google::api::expr::v1alpha1::Expr& expr) const;
  void KeepCall(const CelNode& expansion, std::string_view function, const CelNode* target,
                const std::vector<CelNode>& args);

  std::int64_t next_id_ = 1;
  google::protobuf::Map<std::int64_t, google::api::expr::v1alpha1::Expr> macro_calls_;
};

}  // namespace ichor
