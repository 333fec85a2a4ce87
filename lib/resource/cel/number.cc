#include "lib/resource/cel/number.h"

#include <charconv>
#include <cmath>
#include <format>
#include <limits>
#include <string>
#include <utility>

namespace ichor {
namespace {

absl::Status TooLarge() {
  return absl::OutOfRangeError("a number that is too large");
}

std::partial_ordering Compare(std::int64_t a, std::uint64_t b) {
  return a < 0 ? std::partial_ordering::less : static_cast<std::uint64_t>(a) <=> b;
}

template <class T>
absl::StatusOr<CelValue> CalculateWhole(char op, T a, T b) {
  T result = 0;
  switch (op) {
    case '+':
      return __builtin_add_overflow(a, b, &result) ? TooLarge()
                                                   : absl::StatusOr<CelValue>(CelValue(result));
    case '-':
      return __builtin_sub_overflow(a, b, &result) ? TooLarge()
                                                   : absl::StatusOr<CelValue>(CelValue(result));
    case '*':
      return __builtin_mul_overflow(a, b, &result) ? TooLarge()
                                                   : absl::StatusOr<CelValue>(CelValue(result));
    default:
      break;
  }
  if (b == 0) {
    return absl::InvalidArgumentError("a division by zero");
  }
  if (std::is_signed_v<T> && a == std::numeric_limits<T>::min() && b == static_cast<T>(-1)) {
    return TooLarge();
  }
  return CelValue(static_cast<T>(op == '/' ? a / b : a % b));
}

absl::StatusOr<CelValue> CalculateReal(char op, double a, double b) {
  switch (op) {
    case '+':
      return CelValue(a + b);
    case '-':
      return CelValue(a - b);
    case '*':
      return CelValue(a * b);
    case '/':
      return CelValue(a / b);
    default:
      return absl::NotFoundError("no such operator");
  }
}

template <class T>
absl::StatusOr<CelValue> FromText(const std::string& text) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return absl::InvalidArgumentError(std::format("\"{}\" is no number", text));
  }
  return CelValue(number);
}

// A whole number type T of any number.
template <class T>
absl::StatusOr<CelValue> ToWhole(const CelValue& value) {
  if (const auto* const number = value.As<std::int64_t>()) {
    return std::in_range<T>(*number) ? absl::StatusOr<CelValue>(CelValue(static_cast<T>(*number)))
                                     : TooLarge();
  }
  if (const auto* const number = value.As<std::uint64_t>()) {
    return std::in_range<T>(*number) ? absl::StatusOr<CelValue>(CelValue(static_cast<T>(*number)))
                                     : TooLarge();
  }
  if (const auto* const number = value.As<double>()) {
    const double whole = std::trunc(*number);
    // The limits as doubles: the upper one is rounded up, so it is excluded.
    if (whole >= static_cast<double>(std::numeric_limits<T>::min()) &&
        whole < static_cast<double>(std::numeric_limits<T>::max())) {
      return CelValue(static_cast<T>(whole));
    }
    return TooLarge();
  }
  if (const auto* const text = value.As<std::string>()) {
    return FromText<T>(*text);
  }
  return absl::InvalidArgumentError(KindName(value) + " is no number");
}

absl::StatusOr<CelValue> ToReal(const CelValue& value) {
  if (const auto* const number = value.As<std::int64_t>()) {
    return CelValue(static_cast<double>(*number));
  }
  if (const auto* const number = value.As<std::uint64_t>()) {
    return CelValue(static_cast<double>(*number));
  }
  if (value.As<double>() != nullptr) {
    return value;
  }
  if (const auto* const text = value.As<std::string>()) {
    return FromText<double>(*text);
  }
  return absl::InvalidArgumentError(KindName(value) + " is no number");
}

}  // namespace

std::optional<std::partial_ordering> CompareNumbers(const CelValue& a, const CelValue& b) {
  const auto* const int_a = a.As<std::int64_t>();
  const auto* const int_b = b.As<std::int64_t>();
  const auto* const uint_a = a.As<std::uint64_t>();
  const auto* const uint_b = b.As<std::uint64_t>();
  const auto is_number = [](const CelValue& value) {
    return value.As<std::int64_t>() != nullptr || value.As<std::uint64_t>() != nullptr ||
           value.As<double>() != nullptr;
  };
  if (!is_number(a) || !is_number(b)) return std::nullopt;
  if (int_a != nullptr && int_b != nullptr) return *int_a <=> *int_b;
  if (uint_a != nullptr && uint_b != nullptr) return *uint_a <=> *uint_b;
  if (int_a != nullptr && uint_b != nullptr) return Compare(*int_a, *uint_b);
  if (uint_a != nullptr && int_b != nullptr) return 0 <=> Compare(*int_b, *uint_a);
  return *ToReal(a)->As<double>() <=> *ToReal(b)->As<double>();
}

absl::StatusOr<CelValue> Calculate(char op, const CelValue& a, const CelValue& b) {
  if (a.variant().index() == b.variant().index()) {
    if (const auto* const number = a.As<std::int64_t>()) {
      return CalculateWhole(op, *number, *b.As<std::int64_t>());
    }
    if (const auto* const number = a.As<std::uint64_t>()) {
      return CalculateWhole(op, *number, *b.As<std::uint64_t>());
    }
    if (const auto* const number = a.As<double>()) {
      return CalculateReal(op, *number, *b.As<double>());
    }
  }
  return absl::NotFoundError("no such operator");
}

absl::StatusOr<CelValue> ConvertNumber(std::string_view type, const CelValue& value) {
  if (type == "int") return ToWhole<std::int64_t>(value);
  if (type == "uint") return ToWhole<std::uint64_t>(value);
  return ToReal(value);
}

}  // namespace ichor
