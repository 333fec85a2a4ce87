#include "machined/sources/url.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <format>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"

namespace ichor {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"uuid", "serial", "mac", "hostname", "code"};

// Absent for a text with a % that begins no byte: such a pair is left out, as other readers do.
std::optional<std::string> Unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    std::string byte;
    if (i + 2 >= text.size() ||
        !absl::HexStringToBytes(absl::string_view(text.data() + i + 1, 2), &byte)) {
      return std::nullopt;
    }
    plain += byte;
    i += 2;
  }
  return plain;
}

std::string Escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
        c == '~') {
      escaped += c;
    } else if (c == ' ') {
      escaped += '+';
    } else {
      escaped += std::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

class Filler {
 public:
  explicit Filler(const UrlVariables& variables) : variables_(variables) {}

  std::string Fill(std::string_view value) {
    std::string filled;
    for (size_t begin = 0; begin < value.size();) {
      const size_t open = value.find("${", begin);
      const size_t close = value.find('}', open);
      if (open == std::string_view::npos || close == std::string_view::npos) {
        filled += value.substr(begin);
        break;
      }
      filled += value.substr(begin, open - begin);
      const std::string name =
          absl::AsciiStrToLower(std::string(value.substr(open + 2, close - open - 2)));
      const bool known = std::ranges::find(kNames, name) != kNames.end();
      filled += known ? ValueOf(name) : std::string(value.substr(open, close - open + 1));
      begin = close + 1;
    }
    return filled;
  }

  std::string ValueOf(const std::string& name) {
    const auto found = variables_.find(name);
    if (found != variables_.end()) {
      return found->second;
    }
    if (std::ranges::find(missing_, name) == missing_.end()) {
      missing_.push_back(name);
    }
    return "";
  }

  std::vector<std::string> TakeMissing() { return std::move(missing_); }

 private:
  const UrlVariables& variables_;
  std::vector<std::string> missing_;
};

}  // namespace

FilledUrl FillUrl(std::string_view url, const UrlVariables& variables) {
  const size_t fragment = std::min(url.find('#'), url.size());
  const size_t question = url.substr(0, fragment).find('?');
  if (question == std::string_view::npos) {
    return {.url = std::string(url), .missing = {}};
  }
  Filler filler(variables);
  std::vector<std::pair<std::string, std::string>> pairs;
  const std::string query(url.substr(question + 1, fragment - question - 1));
  for (const absl::string_view part : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> raw = absl::StrSplit(part, absl::MaxSplits('=', 1));
    const std::optional<std::string> key = Unescape(raw.first);
    const std::optional<std::string> value = Unescape(raw.second);
    if (key.has_value() && value.has_value()) {
      const bool bare = *key == "uuid" && value->empty();
      pairs.emplace_back(*key, bare ? filler.ValueOf("uuid") : filler.Fill(*value));
    }
  }
  std::ranges::stable_sort(pairs, {}, &std::pair<std::string, std::string>::first);
  FilledUrl filled{.url = std::string(url.substr(0, question)), .missing = filler.TakeMissing()};
  char separator = '?';
  for (const auto& [key, value] : pairs) {
    filled.url += std::format("{}{}={}", std::exchange(separator, '&'), Escape(key), Escape(value));
  }
  filled.url += url.substr(fragment);
  return filled;
}

}  // namespace ichor
