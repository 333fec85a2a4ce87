// CEL, the Common Expression Language: between its text and the message that stands for a parsed
// expression. Neither direction checks types or evaluates. See https://github.com/google/cel-spec.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/api/expr/v1alpha1/checked.pb.h"

namespace ichor {

inline constexpr size_t kMaxCelBytes = size_t{64} << 10U;

// How deep expressions nest at most. Each level is two messages, and protobuf's parser stops at
// 100.
inline constexpr int kMaxCelDepth = 40;

// The text of an expression, with only the parentheses it needs. InvalidArgument if it has
// something that no text stands for: a part that is missing, an optional entry, a comprehension
// that is not one of the standard macros.
absl::StatusOr<std::string> CelToText(const google::api::expr::v1alpha1::CheckedExpr& expression);

// The expression of a text. The macros has, all, exists, exists_one, map and filter are expanded,
// and source_info.macro_calls keeps the calls. InvalidArgument "at OFFSET: …" if it is none, or
// larger than the limits.
absl::StatusOr<google::api::expr::v1alpha1::CheckedExpr> CelFromText(std::string_view text);

}  // namespace ichor
