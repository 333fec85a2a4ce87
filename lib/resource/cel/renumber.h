// Ids of a CEL expression that depend on what it says only.
#pragma once

#include "google/api/expr/v1alpha1/checked.pb.h"

namespace ichor {

// Numbers all parts of `checked` from 1, first those of the expression, then those that only macro
// calls have.
void RenumberCel(google::api::expr::v1alpha1::CheckedExpr& checked);

}  // namespace ichor
