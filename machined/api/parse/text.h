// What the parsers of /proc share: lines, fields, numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace ichor::api::parse {

// Views into the text they are made from.

std::vector<std::string_view> Lines(std::string_view text);   // without line feeds
std::vector<std::string_view> Fields(std::string_view line);  // separated by blanks and tabs
std::string_view Trim(std::string_view text);

// The two sides of the first `separator`, trimmed; nothing if there is none.
struct Pair {
  std::string_view key;
  std::string_view value;
};
std::optional<Pair> Split(std::string_view line, char separator);

// A whole number; nothing if `text` is anything else, or does not fit.
std::optional<std::uint64_t> Number(std::string_view text, int base = 10);
std::optional<double> Real(std::string_view text);

// The number, or 0.
std::uint64_t NumberOrZero(std::string_view text);

// Sets the uint64 fields first_field, first_field + 1 … of `message` from `texts`, in order, as far
// as both go.
void SetNumbers(google::protobuf::Message& message, int first_field,
                std::span<const std::string_view> texts);

// Adds the uint64 fields of `other`, a message of the same type, to those of `sum`.
void AddNumbers(google::protobuf::Message& sum, const google::protobuf::Message& other);

}  // namespace ichor::api::parse
