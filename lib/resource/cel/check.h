// The type of a CEL expression, told without running it: names and functions that there are not,
// and values of types that do not go together, are mistakes that show here.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/api/expr/v1alpha1/syntax.pb.h"
#include "lib/resource/cel/overloads.h"
#include "lib/resource/cel/type.h"

namespace ichor {

// What an expression may use beside the standard functions.
struct CelEnvironment {
  std::map<std::string, CelType, std::less<>> variables{};
  std::vector<CelFunction> functions{};
};

// InvalidArgument with the first mistake: `disk has no field "siz"`, `">" does not take uint and
// int`. Parts whose type only shows when they run are let through.
absl::StatusOr<CelType> CheckCel(const google::api::expr::v1alpha1::Expr& expression,
                                 const CelEnvironment& environment);

}  // namespace ichor
