#include "lib/config/random_config.h"

#include <array>
#include <set>
#include <span>
#include <string_view>

#include "lib/config/yaml.h"
#include "lib/yaml/scalar.h"

namespace ichor::config {
namespace {

constexpr std::array<std::string_view, 7> kTexts = {"a", "b", "c", "", "eth0", "7", "x: y, #z"};
constexpr std::array<std::string_view, 3> kKeys = {"a", "b", "k.8/s"};
constexpr std::array<std::string_view, 3> kPrefixes = {"10.0.0.1/8", "10.1.0.0/16", "fd00::1/64"};
constexpr std::array<std::string_view, 3> kAddresses = {"10.0.0.1", "10.0.0.2", "fd00::1"};
constexpr std::array<std::string_view, 2> kEndpoints = {"10.0.0.1:51820", "[fd00::1]:1"};
constexpr std::array<std::string_view, 3> kUrls = {"https://a.example.org:6443/",
                                                   "https://b.example.org/", "tcp://10.0.0.1:514/"};
constexpr std::array<std::string_view, 2> kHardware = {"52:54:00:12:34:56", "52:54:00:00:00:01"};
constexpr std::array<std::string_view, 2> kExpressions = {"disk.size > 10u", "!system_disk"};
constexpr std::array<std::string_view, 2> kMatches = {"< 1TB", "== 20GB"};
constexpr std::array<std::string_view, 3> kSizes = {"2GiB", "100MB", "4096"};
constexpr std::array<std::string_view, 3> kPorts = {"80", "443", "8000-8080"};
constexpr std::array<std::string_view, 3> kDurations = {"0s", "1m0s", "1h30m0s"};
constexpr std::array<std::string_view, 3> kTables = {"main", "local", "7"};

std::string Quoted(std::string_view text) {
  std::string quoted;
  yml::AppendDoubleQuoted(text, quoted);
  return quoted;
}

}  // namespace

std::string RandomConfig::Text(const Field& field) {
  const ConfigField& option = *field.option;
  const auto of = [&](std::span<const std::string_view> texts) {
    return Quoted(texts[Below(static_cast<std::uint32_t>(texts.size()))]);
  };
  if (option.words_size() > 0) {
    return Quoted(
        option.words(static_cast<int>(Below(static_cast<std::uint32_t>(option.words_size())))));
  }
  switch (option.form()) {
    case ConfigField::PREFIX:
      return of(kPrefixes);
    case ConfigField::ADDRESS:
      return of(kAddresses);
    case ConfigField::ENDPOINT:
      return of(kEndpoints);
    case ConfigField::URL:
      return of(kUrls);
    case ConfigField::HEX:
      return of(kHardware);
    case ConfigField::EXPRESSION:
      return of(kExpressions);
    case ConfigField::SIZE_MATCH:
      return of(kMatches);
    case ConfigField::SIZE:
    case ConfigField::SIZE_OR_PERCENT:
      return of(kSizes);
    case ConfigField::PORT_RANGE:
      return std::string(kPorts[Below(kPorts.size())]);
    default:
      return of(kTexts);
  }
}

std::string RandomConfig::Integer(const Field& field) {
  if (field.option->form() == ConfigField::ROUTING_TABLE) {
    return std::string(kTables[Below(kTables.size())]);
  }
  if (field.option->form() == ConfigField::OCTAL) return Chance(50) ? "0o644" : "0o600";
  constexpr std::array<std::string_view, 4> kNumbers = {"0", "1", "7", "100"};
  return std::string(kNumbers[Below(kNumbers.size())]);
}

std::string RandomConfig::Free(int depth) {
  std::string text = "{";
  for (const std::string_view key : kKeys) {
    if (!Chance(50)) continue;
    constexpr std::array<std::string_view, 6> kValues = {"1",      "true", "text",
                                                         "[p, 2]", "\"\"", "0"};
    const bool nested = depth < 3 && Chance(30);
    text += Cat(text.size() > 1 ? ", " : "", key, ": ",
                nested ? Free(depth + 1) : std::string(kValues[Below(kValues.size())]));
  }
  return text + "}";
}

// One value, of a list or a map if the field is one.
std::string RandomConfig::Item(const Field& field, int depth) {
  switch (field.type) {
    case ValueType::kString:
      return Text(field);
    case ValueType::kBool:
      return Chance(50) ? "true" : "false";
    case ValueType::kInteger:
      return Integer(field);
    case ValueType::kBytes:
      return Chance(50) ? "YQ==" : "YmI=";
    case ValueType::kDuration:
      return std::string(kDurations[Below(kDurations.size())]);
    case ValueType::kArguments:
      return Chance(50) ? "one" : "[one, two]";
    case ValueType::kFree:
      return Free(depth);
    case ValueType::kMessage:
      return Mapping(*field.shape, depth + 1);
  }
}

std::string RandomConfig::Value(const Field& field, int depth) {
  if (!field.list && !field.map) return Item(field, depth);
  std::string text = field.list ? "[" : "{";
  const std::uint32_t count = Below(3);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    if (field.map) text += Cat(kKeys[i], ": ");
    text += Item(field, depth);
  }
  return text + (field.list ? "]" : "}");
}

std::string RandomConfig::Mapping(const Shape& shape, int depth) {
  std::string text = "{";
  const std::uint32_t percent = shape.fields.size() > 12 ? 20 : 50;
  for (const Field& field : shape.fields) {
    if (!Chance(percent)) continue;
    if (depth == 0 && (field.key == "apiVersion" || field.key == "kind" || field.key == "name"))
      continue;
    const bool marked =
        patch_ && !field.list && (field.type == ValueType::kMessage || field.map) && Chance(2);
    text += Cat(text.size() > 1 ? ", " : "", field.key, ": ",
                marked ? "{$patch: delete}" : Value(field, depth));
  }
  return text + "}";
}

std::string RandomConfig::Document(const Kind& kind, bool patch) {
  std::string text = Mapping(*kind.shape, kind.legacy() ? 1 : 0);
  if (kind.legacy()) return text == "{}" || !text.contains("machine: ") ? "{machine: {}}" : text;
  std::string identity = Cat("{apiVersion: v1alpha1, kind: ", kind.name);
  if (kind.named()) identity += Cat(", name: ", Chance(60) ? "a" : "b");
  if (patch && Chance(5)) return identity + ", $patch: delete}";
  return text == "{}" ? identity + "}" : Cat(identity, ", ", text.substr(1));
}

std::string RandomConfig::Documents(bool patch) {
  patch_ = patch;
  std::string stream;
  std::set<std::string_view> kinds;
  const std::uint32_t count = 1 + Below(3);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto all = AllKinds();
    const Kind& kind = Chance(50) ? all[0] : all[Below(static_cast<std::uint32_t>(all.size()))];
    if (!kinds.insert(kind.name).second) continue;
    stream += Cat(stream.empty() ? "" : "---\n", Document(kind, patch), "\n");
  }
  return stream;
}

std::string RandomConfig::Config() {
  return Documents(false);
}

std::string RandomConfig::Patch() {
  return Documents(true);
}

}  // namespace ichor::config
