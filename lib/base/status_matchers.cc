#include "lib/base/status_matchers.h"

#include <format>
#include <utility>

namespace ichor::base {

std::string IsOk::describe() const {
  return "is OK";
}

StatusIs::StatusIs(absl::StatusCode code, std::string message)
    : code_(code), message_(std::move(message)) {}

std::string StatusIs::describe() const {
  return std::format("is {}: {}", absl::StatusCodeToString(code_), message_);
}

}  // namespace ichor::base

std::string Catch::StringMaker<absl::Status>::convert(const absl::Status& status) {
  return status.ToString();
}
