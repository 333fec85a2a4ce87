// Macros and helpers for absl::Status, which every function that can fail returns.
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::base {

// `status` with "`context`: " put before its message; code and payloads stay. OK stays OK.
absl::Status Annotate(absl::Status status, std::string_view context);

// The message of `status` as the standard library's type; empty for OK. Valid while `status` lives.
std::string_view MessageOf(const absl::Status& status);

}  // namespace ichor::base

// Returns from the enclosing function if `expression`, an absl::Status, is an error.
#define RETURN_IF_ERROR(expression)                                                        \
  do {                                                                                     \
    if (absl::Status ichor_status = (expression); !ichor_status.ok()) return ichor_status; \
  } while (false)

// Evaluates `expression`, an absl::StatusOr<T>; returns its status if that is an error, else
// assigns its value to `target`, which may be a declaration.
#define ASSIGN_OR_RETURN(target, expression) \
  ICHOR_ASSIGN_OR_RETURN(ICHOR_CONCAT(ichor_status_or_, __LINE__), target, expression)

// NOLINTBEGIN(bugprone-macro-parentheses): a name and a declaration stand for themselves
#define ICHOR_ASSIGN_OR_RETURN(variable, target, expression) \
  auto variable = (expression);                              \
  if (!variable.ok()) {                                      \
    return std::move(variable).status();                     \
  }                                                          \
  target = *std::move(variable)
// NOLINTEND(bugprone-macro-parentheses)

#define ICHOR_CONCAT(a, b) ICHOR_CONCAT_EXPANDED(a, b)
#define ICHOR_CONCAT_EXPANDED(a, b) a##b
