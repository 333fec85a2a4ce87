// CEL expressions that run. See https://github.com/google/cel-spec.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "google/api/expr/v1alpha1/syntax.pb.h"
#include "lib/resource/cel/value.h"

namespace ichor {

// What an expression knows beside the standard functions.
struct CelScope {
  using Function = std::function<absl::StatusOr<CelValue>(std::span<const CelValue>)>;

  std::map<std::string, CelValue, std::less<>> variables{};
  std::map<std::string, Function, std::less<>> functions{};  // members stand with a dot: ".size"
};

// The value of an expression: the standard operators, the macros, size, contains, startsWith,
// endsWith, matches, int, uint, double, string, bool, dyn. What is not known before it runs fails
// then: InvalidArgument says why, Unimplemented names a function that is not here, and
// ResourceExhausted ends one that takes too many steps. Messages in `scope` outlive the value.
absl::StatusOr<CelValue> EvaluateCel(const google::api::expr::v1alpha1::Expr& expression,
                                     const CelScope& scope);

// The same for an expression that must give a truth value, from its text.
absl::StatusOr<bool> CelHolds(std::string_view text, const CelScope& scope);

}  // namespace ichor
