#include "lib/config/validate/validate.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/config/validate/checker.h"
#include "lib/config/validate/rules.h"

namespace ichor::config {
namespace {

constexpr std::array<std::pair<std::string_view, Mode>, 3> kModes = {
    {{"metal", Mode::kMetal}, {"cloud", Mode::kCloud}, {"container", Mode::kContainer}}};

// Words that are documented, where decoding lets any text through.
void CheckWords(const Node& mapping, const Shape& shape, const std::string& path, Checker& checker);

void CheckWord(const Node& value, const Field& field, const std::string& path, Checker& checker) {
  if (field.shape != nullptr && value.IsMapping()) {
    return CheckWords(value, *field.shape, path, checker);
  }
  const bool free = field.option->words().empty() || field.option->form() == ConfigField::WORD;
  if (free || !value.IsScalar() || value.text.empty() || value.IsNull()) return;
  if (std::ranges::contains(field.option->words(), value.text)) return;
  std::string words;
  for (const std::string& word : field.option->words()) {
    words += (words.empty() ? "" : ", ") + word;
  }
  checker.Error(path, Cat("got ", Describe(value), ", expected one of ", words));
}

void CheckWords(const Node& mapping, const Shape& shape, const std::string& path,
                Checker& checker) {
  for (const Node& child : mapping.children) {
    const Field* field = shape.Find(child.key);
    // The type of a machine has rules of its own.
    if (field == nullptr || (path == "machine" && child.key == "type")) continue;
    const std::string child_path =
        path.empty() ? std::string(child.key) : Cat(path, ".", child.key);
    if (!field->list && !field->map) {
      CheckWord(child, *field, child_path, checker);
      continue;
    }
    for (size_t i = 0; i < child.children.size(); ++i) {
      const Node& item = child.children[i];
      const std::string step = field->list ? Cat("[", i, "]") : Cat("[\"", item.key, "\"]");
      CheckWord(item, *field, child_path + step, checker);
    }
  }
}

void CheckDocument(const Document& document, const ValidateOptions& options, Findings& findings) {
  Checker checker(document, findings, options);
  CheckWords(document.root, *document.kind->shape, "", checker);
  if (document.kind->legacy()) {
    CheckLegacyMachine(checker);
    CheckLegacyNetwork(checker);
    return CheckLegacyCluster(checker);
  }
  if (document.kind->named()) checker.Require("name", document.name);
  CheckKubernetes(checker);
  CheckVolumes(checker);
  CheckNetworkDocument(checker);
  CheckLinkDocument(checker);
  CheckSystemDocument(checker);
  CheckStorageDocument(checker);
  CheckContainer(checker);
}

}  // namespace

std::optional<Mode> ParseMode(std::string_view text) {
  const auto found = std::ranges::find(kModes, text, &decltype(kModes)::value_type::first);
  return found == kModes.end() ? std::nullopt : std::optional(found->second);
}

Findings Validate(const Config& config, const ValidateOptions& options) {
  Findings findings;
  for (const Document& document : config.documents()) {
    CheckDocument(document, options, findings);
  }
  CheckWhole(config, options, findings);
  for (Finding& finding : findings) {
    if (options.strict) finding.severity = Finding::Severity::kError;
  }
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) {
    return std::pair(finding.place.line, finding.place.column);
  });
  return findings;
}

}  // namespace ichor::config
