// Catch2 matchers for absl::Status and absl::StatusOr.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catch2/matchers/catch_matchers_templated.hpp"

namespace ichor::base {

inline absl::Status AsStatus(const absl::Status& status) {
  return status;
}

template <class T>
absl::Status AsStatus(const absl::StatusOr<T>& result) {
  return result.status();
}

class IsOk : public Catch::Matchers::MatcherGenericBase {
 public:
  template <class T>
  bool match(const T& result) const {  // NOLINT(readability-identifier-naming): Catch2's name
    return AsStatus(result).ok();
  }
  std::string describe() const override;
};

// Matches an error of this code whose message is exactly `message`.
class StatusIs : public Catch::Matchers::MatcherGenericBase {
 public:
  StatusIs(absl::StatusCode code, std::string message);
  template <class T>
  bool match(const T& result) const {  // NOLINT(readability-identifier-naming): Catch2's name
    return AsStatus(result).code() == code_ && AsStatus(result).message() == message_;
  }
  std::string describe() const override;

 private:
  absl::StatusCode code_;
  std::string message_;
};

}  // namespace ichor::base

// Lets a failed assertion print the status instead of {?}.
namespace Catch {
template <>
struct StringMaker<absl::Status> {
  static std::string convert(const absl::Status& status);
};
template <class T>
struct StringMaker<absl::StatusOr<T>> {
  static std::string convert(const absl::StatusOr<T>& result) {
    return result.ok() ? "a value" : StringMaker<absl::Status>::convert(result.status());
  }
};
}  // namespace Catch
