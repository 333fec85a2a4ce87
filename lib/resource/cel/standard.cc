#include "lib/resource/cel/standard.h"

#include <algorithm>
#include <compare>
#include <format>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "lib/resource/cel/number.h"
#include "re2/re2.h"

namespace ichor {
namespace {

using Arguments = std::span<const CelValue>;
using Result = absl::StatusOr<CelValue>;
using Function = std::function<Result(Arguments)>;

absl::Status DoesNotTake(std::string_view name, Arguments arguments) {
  std::string kinds;
  for (const CelValue& argument : arguments) {
    kinds += std::format("{}{}", kinds.empty() ? "" : " and ", KindName(argument));
  }
  return absl::InvalidArgumentError(std::format("\"{}\" does not take {}", name, kinds));
}

std::optional<std::partial_ordering> Compare(const CelValue& a, const CelValue& b) {
  if (const auto order = CompareNumbers(a, b); order.has_value()) {
    return order;
  }
  const auto* const text_a = a.As<std::string>();
  const auto* const text_b = b.As<std::string>();
  if (text_a != nullptr && text_b != nullptr) {
    return *text_a <=> *text_b;
  }
  const bool* const truth_a = a.As<bool>();
  const bool* const truth_b = b.As<bool>();
  return truth_a != nullptr && truth_b != nullptr ? std::optional(*truth_a <=> *truth_b)
                                                  : std::nullopt;
}

template <class Holds>
Function Comparison(const char* name, Holds holds) {
  return [name, holds](Arguments of) -> Result {
    const auto order = Compare(of[0], of[1]);
    return order.has_value() ? Result(CelValue(holds(*order))) : Result(DoesNotTake(name, of));
  };
}

Function Arithmetic(char op) {
  return [op](Arguments of) -> Result {
    Result result = Calculate(op, of[0], of[1]);
    return absl::IsNotFound(result.status()) ? Result(DoesNotTake(std::string(1, op), of)) : result;
  };
}

Result Add(Arguments of) {
  const auto* const text = of[0].As<std::string>();
  const auto* const list = of[0].As<CelList>();
  if (text != nullptr && of[1].As<std::string>() != nullptr) {
    return CelValue(*text + *of[1].As<std::string>());
  }
  if (list != nullptr && of[1].As<CelList>() != nullptr) {
    CelList both = *list;
    both.insert(both.end(), of[1].As<CelList>()->begin(), of[1].As<CelList>()->end());
    return CelValue(std::move(both));
  }
  return Arithmetic('+')(of);
}

Result In(Arguments of) {
  if (const auto* const list = of[1].As<CelList>()) {
    return CelValue(
        std::ranges::any_of(*list, [&](const CelValue& item) { return CelEquals(item, of[0]); }));
  }
  if (const auto* const map = of[1].As<CelMap>()) {
    return CelValue(std::ranges::any_of(
        *map, [&](const auto& entry) { return CelEquals(entry.first, of[0]); }));
  }
  return DoesNotTake("in", of);
}

Result Index(Arguments of) {
  if (const auto* const map = of[0].As<CelMap>()) {
    for (const auto& [key, value] : *map) {
      if (CelEquals(key, of[1])) return value;
    }
    return absl::InvalidArgumentError("there is no such key");
  }
  const auto* const list = of[0].As<CelList>();
  const auto* const index = of[1].As<std::int64_t>();
  if (list == nullptr || index == nullptr) {
    return DoesNotTake("[]", of);
  }
  if (*index < 0 || static_cast<std::uint64_t>(*index) >= list->size()) {
    return absl::InvalidArgumentError(
        std::format("there is no item {} of {}", *index, list->size()));
  }
  return (*list)[static_cast<size_t>(*index)];
}

Result Size(Arguments of) {
  const auto count = [](size_t size) { return CelValue(static_cast<std::int64_t>(size)); };
  if (const auto* const text = of[0].As<std::string>()) {
    return count(static_cast<size_t>(std::ranges::count_if(
        *text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; })));
  }
  if (const auto* const bytes = of[0].As<CelBytes>()) return count(bytes->bytes.size());
  if (const auto* const list = of[0].As<CelList>()) return count(list->size());
  if (const auto* const map = of[0].As<CelMap>()) return count(map->size());
  return DoesNotTake("size", of);
}

Result Matches(Arguments of) {
  const auto* const text = of[0].As<std::string>();
  const auto* const pattern = of[1].As<std::string>();
  if (text == nullptr || pattern == nullptr) return DoesNotTake("matches", of);
  const re2::RE2 expression(*pattern, re2::RE2::Quiet);
  return expression.ok() ? Result(CelValue(re2::RE2::PartialMatch(*text, expression)))
                         : Result(absl::InvalidArgumentError(expression.error()));
}

template <class Holds>
Function OfTexts(const char* name, Holds holds) {
  return [name, holds](Arguments of) -> Result {
    const auto* const a = of[0].As<std::string>();
    const auto* const b = of[1].As<std::string>();
    return a == nullptr || b == nullptr ? Result(DoesNotTake(name, of))
                                        : Result(CelValue(holds(*a, *b)));
  };
}

Result ToText(Arguments of) {
  if (of[0].As<std::string>() != nullptr) return of[0];
  if (const bool* const truth = of[0].As<bool>()) {
    return CelValue(std::string(*truth ? "true" : "false"));
  }
  if (const auto* const number = of[0].As<std::int64_t>()) return CelValue(std::to_string(*number));
  if (const auto* const number = of[0].As<std::uint64_t>()) {
    return CelValue(std::to_string(*number));
  }
  if (const auto* const number = of[0].As<double>()) return CelValue(std::format("{}", *number));
  if (const auto* const bytes = of[0].As<CelBytes>()) return CelValue(std::string(bytes->bytes));
  return DoesNotTake("string", of);
}

Result Not(Arguments of) {
  const bool* const truth = of[0].As<bool>();
  return truth == nullptr ? Result(DoesNotTake("!", of)) : Result(CelValue(!*truth));
}

Result Negate(Arguments of) {
  if (const auto* const number = of[0].As<double>()) return CelValue(-*number);
  if (of[0].As<std::int64_t>() == nullptr) return DoesNotTake("-", of);
  return Calculate('-', CelValue(std::int64_t{0}), of[0]);
}

Result ToTruth(Arguments of) {
  const auto* const text = of[0].As<std::string>();
  if (of[0].As<bool>() != nullptr) return of[0];
  if (text == nullptr || (*text != "true" && *text != "false")) return DoesNotTake("bool", of);
  return CelValue(*text == "true");
}

Function Conversion(const char* type) {
  return [type](Arguments of) { return ConvertNumber(type, of[0]); };
}

struct Standard {
  size_t arguments;
  Function function;
};

std::map<std::string, Standard, std::less<>> MakeStandard() {
  using Order = std::partial_ordering;
  return {
      {"_==_", {2, [](Arguments of) -> Result { return CelValue(CelEquals(of[0], of[1])); }}},
      {"_!=_", {2, [](Arguments of) -> Result { return CelValue(!CelEquals(of[0], of[1])); }}},
      {"_<_", {2, Comparison("<", [](Order order) { return order < 0; })}},
      {"_<=_", {2, Comparison("<=", [](Order order) { return order <= 0; })}},
      {"_>_", {2, Comparison(">", [](Order order) { return order > 0; })}},
      {"_>=_", {2, Comparison(">=", [](Order order) { return order >= 0; })}},
      {"_+_", {2, Add}},
      {"_-_", {2, Arithmetic('-')}},
      {"_*_", {2, Arithmetic('*')}},
      {"_/_", {2, Arithmetic('/')}},
      {"_%_", {2, Arithmetic('%')}},
      {"!_", {1, Not}},
      {"-_", {1, Negate}},
      {"@in", {2, In}},
      {"_[_]", {2, Index}},
      {"size", {1, Size}},
      {".size", {1, Size}},
      {"matches", {2, Matches}},
      {".matches", {2, Matches}},
      {".contains",
       {2, OfTexts("contains", [](const auto& a, const auto& b) { return a.contains(b); })}},
      {".startsWith",
       {2, OfTexts("startsWith", [](const auto& a, const auto& b) { return a.starts_with(b); })}},
      {".endsWith",
       {2, OfTexts("endsWith", [](const auto& a, const auto& b) { return a.ends_with(b); })}},
      {"int", {1, Conversion("int")}},
      {"uint", {1, Conversion("uint")}},
      {"double", {1, Conversion("double")}},
      {"string", {1, ToText}},
      {"bool", {1, ToTruth}},
      {"dyn", {1, [](Arguments of) -> Result { return of[0]; }}},
  };
}

}  // namespace

absl::StatusOr<CelValue> CallStandardCel(std::string_view name, Arguments arguments) {
  static const auto* const kStandard = new std::map(MakeStandard());
  const auto found = kStandard->find(name);
  if (found == kStandard->end()) {
    return absl::UnimplementedError(std::format("there is no function \"{}\" here", name));
  }
  if (found->second.arguments != arguments.size()) {
    return DoesNotTake(name, arguments);
  }
  return found->second.function(arguments);
}

bool IsEmpty(const CelValue& value) {
  if (const auto* const text = value.As<std::string>()) return text->empty();
  if (const auto* const bytes = value.As<CelBytes>()) return bytes->bytes.empty();
  if (const auto* const list = value.As<CelList>()) return list->empty();
  if (const auto* const map = value.As<CelMap>()) return map->empty();
  if (const bool* const truth = value.As<bool>()) return !*truth;
  if (const auto* const message = value.As<const google::protobuf::Message*>()) {
    return (*message)->ByteSizeLong() == 0;
  }
  const auto order = CompareNumbers(value, CelValue(std::int64_t{0}));
  return !order.has_value() || *order == std::partial_ordering::equivalent;
}

}  // namespace ichor
