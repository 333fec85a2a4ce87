#include "lib/runtime/query.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <format>
#include <optional>
#include <utility>

#include "re2/re2.h"

namespace ichor {
namespace {

constexpr size_t kMaxTerms = 1000;
constexpr size_t kMaxExpressionBytes = 4096;
constexpr std::int64_t kMaxProgramBytes = 256 << 10;

std::string_view TrimSpace(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The factor of a unit: binary "Ki" to "Pi", decimal "k" to "P", in either case; what follows the
// unit is ignored.
std::optional<std::uint64_t> UnitFactor(std::string_view unit) {
  constexpr std::string_view kPrefixes = "kmgtp";
  if (unit.empty()) {
    return 1;
  }
  const auto lower = [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  const size_t power = kPrefixes.find(lower(unit[0]));
  if (power == std::string_view::npos) {
    return std::nullopt;
  }
  const std::uint64_t base = unit.size() > 1 && lower(unit[1]) == 'i' ? 1024 : 1000;
  std::uint64_t factor = base;
  for (size_t i = 0; i < power; ++i) {
    factor *= base;
  }
  return factor;
}

// "12", " -3 Gi", "5k". Absent if it is no number. The product wraps, as in the clients' own
// evaluation.
std::optional<std::int64_t> NumberWithUnit(std::string_view text) {
  text = TrimSpace(text);
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789-"));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  const std::optional<std::uint64_t> factor = UnitFactor(TrimSpace(text.substr(digits.size())));
  if (!factor.has_value()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) * *factor);
}

// Whether `label` fulfils a comparison of `term`; absent if the two cannot be compared.
std::optional<bool> Compare(const LabelTerm& term, std::string_view label) {
  using Operator = LabelTerm::Operator;
  if (term.op == Operator::kLess) {
    return label < term.values.front();
  }
  if (term.op == Operator::kLessOrEqual) {
    return label <= term.values.front();
  }
  const std::optional<std::int64_t> left = NumberWithUnit(label);
  const std::optional<std::int64_t> right = NumberWithUnit(term.values.front());
  if (!left.has_value() || !right.has_value()) {
    return std::nullopt;
  }
  return term.op == Operator::kLessNumeric ? *left < *right : *left <= *right;
}

bool IsComparison(LabelTerm::Operator op) {
  return op >= LabelTerm::Operator::kLess;
}

bool Matches(const LabelTerm& term, const Labels& labels) {
  const auto label = labels.find(term.key);
  const bool present = label != labels.end();
  if (IsComparison(term.op)) {
    const std::optional<bool> result = present ? Compare(term, label->second) : std::nullopt;
    return result.has_value() && *result != term.invert;
  }
  bool result = present;
  if (present && term.op == LabelTerm::Operator::kEqual) {
    result = label->second == term.values.front();
  } else if (present && term.op == LabelTerm::Operator::kIn) {
    result = std::ranges::contains(term.values, label->second);
  }
  return result != term.invert;
}

absl::Status CheckTerms(const std::vector<LabelQuery>& labels) {
  size_t terms = 0;
  for (const LabelQuery& query : labels) {
    terms += std::max<size_t>(query.size(), 1);
    for (const LabelTerm& term : query) {
      const bool needs_value = term.op == LabelTerm::Operator::kEqual || IsComparison(term.op);
      if (needs_value && term.values.empty()) {
        return absl::InvalidArgumentError(
            std::format("label query: key \"{}\": expected a value, got none", term.key));
      }
      terms += term.values.size() / 16;  // long value lists count, too
    }
  }
  if (terms > kMaxTerms) {
    return absl::InvalidArgumentError(
        std::format("label query: {} terms, expected at most {}", terms, kMaxTerms));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const re2::RE2>> Compile(std::string_view expression) {
  if (expression.size() > kMaxExpressionBytes) {
    return absl::InvalidArgumentError(
        std::format("failed to compile regexp: {} bytes, expected at most {}", expression.size(),
                    kMaxExpressionBytes));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxProgramBytes);
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    return absl::InvalidArgumentError(
        std::format("failed to compile regexp: error parsing regexp: {}", compiled->error()));
  }
  return compiled;
}

}  // namespace

absl::StatusOr<Query> Query::Create(std::vector<LabelQuery> labels,
                                    std::string_view id_expression) {
  if (absl::Status status = CheckTerms(labels); !status.ok()) {
    return status;
  }
  Query query;
  if (!labels.empty()) {
    query.labels_ = std::make_shared<const std::vector<LabelQuery>>(std::move(labels));
  }
  if (!id_expression.empty()) {
    absl::StatusOr<std::shared_ptr<const re2::RE2>> id = Compile(id_expression);
    if (!id.ok()) {
      return std::move(id).status();
    }
    query.id_ = *std::move(id);
  }
  return query;
}

bool Query::Matches(const Metadata& metadata) const {
  if (id_ != nullptr &&
      !re2::RE2::PartialMatch(re2::StringPiece(metadata.id.data(), metadata.id.size()), *id_)) {
    return false;
  }
  return labels_ == nullptr || std::ranges::any_of(*labels_, [&](const LabelQuery& query) {
           return std::ranges::all_of(
               query, [&](const LabelTerm& term) { return ichor::Matches(term, metadata.labels); });
         });
}

}  // namespace ichor
