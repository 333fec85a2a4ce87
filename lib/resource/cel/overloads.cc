#include "lib/resource/cel/overloads.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace ichor {
namespace {

using Kind = CelType::Kind;
using Parameters = std::map<char, CelType>;

// https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions, and
// optional values.
constexpr auto kStandard = std::to_array<std::string_view>({
    "_&&_: bool, bool -> bool",
    "_||_: bool, bool -> bool",
    "!_: bool -> bool",
    "@not_strictly_false: bool -> bool",
    "_?_:_: bool, A, A -> A",
    "_==_: A, A -> bool",
    "_!=_: A, A -> bool",
    "_<_: bool, bool -> bool; int, int -> bool; uint, uint -> bool; double, double -> bool; "
    "string, string -> bool; bytes, bytes -> bool; timestamp, timestamp -> bool; "
    "duration, duration -> bool",
    "_+_: int, int -> int; uint, uint -> uint; double, double -> double; "
    "string, string -> string; bytes, bytes -> bytes; list(A), list(A) -> list(A); "
    "duration, duration -> duration; timestamp, duration -> timestamp; "
    "duration, timestamp -> timestamp",
    "_-_: int, int -> int; uint, uint -> uint; double, double -> double; "
    "duration, duration -> duration; timestamp, duration -> timestamp; "
    "timestamp, timestamp -> duration",
    "_*_: int, int -> int; uint, uint -> uint; double, double -> double",
    "_/_: int, int -> int; uint, uint -> uint; double, double -> double",
    "_%_: int, int -> int; uint, uint -> uint",
    "-_: int -> int; double -> double",
    "@in: A, list(A) -> bool; A, map(A, B) -> bool",
    "_[_]: list(A), int -> A; map(A, B), A -> B",
    "size: string -> int; bytes -> int; list(A) -> int; map(A, B) -> int",
    ".size: string -> int; bytes -> int; list(A) -> int; map(A, B) -> int",
    "matches: string, string -> bool",
    ".matches: string, string -> bool",
    ".contains: string, string -> bool",
    ".startsWith: string, string -> bool",
    ".endsWith: string, string -> bool",
    "type: A -> type",
    "dyn: A -> dyn",
    "bool: bool -> bool; string -> bool",
    "int: int -> int; uint -> int; double -> int; string -> int; timestamp -> int; "
    "duration -> int",
    "uint: uint -> uint; int -> uint; double -> uint; string -> uint",
    "double: double -> double; int -> double; uint -> double; string -> double",
    "string: string -> string; bool -> string; int -> string; uint -> string; double -> string; "
    "bytes -> string; timestamp -> string; duration -> string",
    "bytes: bytes -> bytes; string -> bytes",
    "duration: duration -> duration; string -> duration; int -> duration",
    "timestamp: timestamp -> timestamp; string -> timestamp; int -> timestamp",
    ".getFullYear: timestamp -> int; timestamp, string -> int",
    ".getMonth: timestamp -> int; timestamp, string -> int",
    ".getDate: timestamp -> int; timestamp, string -> int",
    ".getDayOfMonth: timestamp -> int; timestamp, string -> int",
    ".getDayOfWeek: timestamp -> int; timestamp, string -> int",
    ".getDayOfYear: timestamp -> int; timestamp, string -> int",
    ".getHours: timestamp -> int; timestamp, string -> int; duration -> int",
    ".getMinutes: timestamp -> int; timestamp, string -> int; duration -> int",
    ".getSeconds: timestamp -> int; timestamp, string -> int; duration -> int",
    ".getMilliseconds: timestamp -> int; timestamp, string -> int; duration -> int",
    "optional.of: A -> optional(A)",
    "optional.none:  -> optional(dyn)",
    ".hasValue: optional(A) -> bool",
    ".value: optional(A) -> A",
    ".or: optional(A), optional(A) -> optional(A)",
    ".orValue: optional(A), A -> A",
});

// The other comparisons take what this one takes.
bool IsComparison(std::string_view name) {
  return name == "_<=_" || name == "_>_" || name == "_>=_";
}

bool MayBeNull(const CelType& type) {
  return type.Is(Kind::kMessage) || type.Is(Kind::kDuration) || type.Is(Kind::kTimestamp) ||
         type.Is(Kind::kOptional) || type.Is(Kind::kNull);
}

bool Fits(const CelType& wanted, const CelType& given, Parameters& parameters);

bool FitsParameter(char name, const CelType& given, Parameters& parameters) {
  const auto [at, is_new] = parameters.emplace(name, given);
  if (is_new) return true;
  const CelType bound = at->second;
  if (bound.Is(Kind::kAny)) {
    at->second = given;
    return true;
  }
  if (Fits(bound, given, parameters)) return true;
  at->second = given;
  return Fits(given, bound, parameters);
}

bool Fits(const CelType& wanted, const CelType& given, Parameters& parameters) {
  if (wanted.Is(Kind::kParameter)) return FitsParameter(wanted.name, given, parameters);
  if (wanted.Is(Kind::kAny) || given.Is(Kind::kAny)) return true;
  if (given.Is(Kind::kNull)) return MayBeNull(wanted);
  if (wanted.kind != given.kind || wanted.message != given.message) return false;
  for (size_t i = 0; i < wanted.of.size(); ++i) {
    if (!Fits(wanted.of[i], given.of[i], parameters)) return false;
  }
  return true;
}

CelType Resolve(const CelType& type, const Parameters& parameters) {
  if (type.Is(Kind::kParameter)) {
    const auto found = parameters.find(type.name);
    return found == parameters.end() ? CelType{} : found->second;
  }
  CelType resolved = type;
  for (CelType& part : resolved.of) {
    part = Resolve(part, parameters);
  }
  return resolved;
}

CelOverload ParseOverload(std::string_view text) {
  const size_t arrow = text.find("-> ");
  CelOverload overload{.takes = {}, .gives = ParseCelType(text.substr(arrow + 3))};
  std::string_view rest = text.substr(0, arrow);
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < rest.size(); ++i) {
    depth += rest[i] == '(' ? 1 : rest[i] == ')' ? -1 : 0;
    const bool end = depth == 0 && (rest[i] == ',' || rest[i] == ' ');
    if (!end) continue;
    if (i > begin) overload.takes.push_back(ParseCelType(rest.substr(begin, i - begin)));
    begin = i + 1;
  }
  return overload;
}

}  // namespace

CelFunction ParseCelFunction(std::string_view text) {
  const size_t colon = text.find(": ");
  CelFunction function{.name = std::string(text.substr(0, colon)), .overloads = {}};
  text.remove_prefix(colon + 2);
  while (!text.empty()) {
    const size_t end = std::min(text.find("; "), text.size());
    function.overloads.push_back(ParseOverload(text.substr(0, end)));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return function;
}

const CelFunction* FindStandardCelFunction(std::string_view name) {
  static const auto* const kFunctions = [] {
    auto* all = new std::map<std::string, CelFunction, std::less<>>();
    for (const std::string_view text : kStandard) {
      CelFunction function = ParseCelFunction(text);
      all->emplace(function.name, function);
    }
    return all;
  }();
  const auto found = kFunctions->find(IsComparison(name) ? std::string_view("_<_") : name);
  return found == kFunctions->end() ? nullptr : &found->second;
}

std::optional<CelType> CallCel(const CelFunction& function, std::span<const CelType> arguments) {
  const bool unknown = std::ranges::any_of(
      arguments, [](const CelType& argument) { return argument.Is(Kind::kAny); });
  std::vector<CelType> results;
  for (const CelOverload& overload : function.overloads) {
    Parameters parameters;
    bool fits = overload.takes.size() == arguments.size();
    for (size_t i = 0; fits && i < arguments.size(); ++i) {
      fits = Fits(overload.takes[i], arguments[i], parameters);
    }
    if (fits) results.push_back(Resolve(overload.gives, parameters));
    if (fits && !unknown) break;
  }
  if (results.empty()) return std::nullopt;
  return CommonCelType(results);
}

CelType CommonCelType(std::span<const CelType> types) {
  if (types.empty()) return {};
  const std::string first = ToString(types.front());
  const auto same = [&](const CelType& type) { return ToString(type) == first; };
  return std::ranges::all_of(types, same) ? types.front() : CelType{};
}

}  // namespace ichor
