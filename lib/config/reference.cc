#include "lib/config/reference.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/config/description.h"
#include "lib/config/type_text.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

// A row for each key below a mapping, keys of nested mappings behind those of their parent.
void AppendRows(const Shape& shape, const std::string& prefix, std::string& out) {
  for (const Field& field : shape.fields) {
    if (field.option->hidden()) continue;
    const std::string path = prefix + field.key + (field.list ? "[]" : field.map ? ".*" : "");
    std::string notes(field.option->doc());
    if (!field.option->default_().empty())
      notes += Cat(" Default: `", field.option->default_(), "`.");
    if (field.option->deprecated()) notes += " Deprecated.";
    if (field.option->secret()) notes += " Secret.";
    out += Cat("| `", path, "` | ", TypeText(field), " | ", notes, " |\n");
    if (field.shape != nullptr) AppendRows(*field.shape, path + ".", out);
  }
}

std::string TitleOf(const Kind& kind) {
  return kind.legacy() ? "v1alpha1" : kind.name;
}

// The next key of a path; list brackets and map stars are skipped.
std::string_view TakeKey(std::string_view& path) {
  const size_t end = std::min(path.find_first_of(".["), path.size());
  const std::string_view key = path.substr(0, end);
  path.remove_prefix(end);
  if (path.starts_with('[')) path.remove_prefix(std::min(path.find(']') + 1, path.size()));
  if (path.starts_with('.')) path.remove_prefix(1);
  return key;
}

absl::Status NoSuchKey(std::string_view key, const std::vector<std::string_view>& keys) {
  const std::string_view close = Closest(key, keys);
  const std::string hint = close.empty() ? "" : Cat(" (did you mean \"", close, "\"?)");
  return absl::NotFoundError(Cat("no key is called \"", key, "\"", hint));
}

std::vector<std::string_view> KeysOf(const Shape& shape) {
  std::vector<std::string_view> keys;
  for (const Field& field : shape.fields) {
    if (!field.option->hidden()) keys.emplace_back(field.key);
  }
  return keys;
}

std::string KeyList(const Shape& shape) {
  std::string text = "\nKeys:\n";
  for (const Field& field : shape.fields) {
    if (field.option->hidden()) continue;
    text += Cat("  ", field.key, "  ", TypeText(field), "\n      ", field.option->doc(), "\n");
  }
  return text;
}

std::string Indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += Cat("  ", line, "\n");
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return out;
}

std::string FieldText(std::string_view path, const Field& field) {
  const ConfigField& option = *field.option;
  std::string text = Cat(path, "  ", TypeText(field), "\n\n", option.doc(), "\n");
  if (!option.default_().empty()) text += Cat("Default: ", option.default_(), "\n");
  if (option.words_size() > 0) {
    std::string words;
    for (const std::string& word : option.words()) {
      words += Cat(words.empty() ? "" : ", ", word);
    }
    text += Cat("One of: ", words, "\n");
  }
  if (option.deprecated()) text += "Deprecated: another document says this today.\n";
  if (option.secret()) text += "Secret: never shown unless asked for.\n";
  if (!option.example().empty()) text += "\nExample:\n" + Indented(option.example());
  if (field.shape != nullptr) text += KeyList(*field.shape);
  return text;
}

// Names of kinds, and keys at the top of the legacy document.
std::vector<std::string_view> Beginnings() {
  std::vector<std::string_view> names = KeysOf(*FindKind("")->shape);
  for (const Kind& kind : AllKinds()) {
    if (!kind.legacy()) names.emplace_back(kind.name);
  }
  return names;
}

}  // namespace

absl::StatusOr<std::string> Explain(std::string_view path) {
  std::string_view rest = path;
  const std::string_view first = TakeKey(rest);
  const Kind* kind = FindKind(first);
  if (kind != nullptr && !kind->legacy()) {
    if (rest.empty()) return Cat(first, "\n\n", kind->option->doc(), "\n", KeyList(*kind->shape));
  } else if (FindKind("")->shape->Find(first) != nullptr) {
    kind = FindKind("");
    rest = path;
  } else {
    return NoSuchKey(first, Beginnings());
  }
  const Shape* shape = kind->shape;
  const Field* field = nullptr;
  while (!rest.empty()) {
    const std::string_view key = TakeKey(rest);
    if (field != nullptr && field->map && shape != nullptr && shape->Find(key) == nullptr) continue;
    field = shape == nullptr ? nullptr : shape->Find(key);
    if (field == nullptr) {
      return NoSuchKey(key, shape == nullptr ? std::vector<std::string_view>{} : KeysOf(*shape));
    }
    shape = field->shape;
  }
  return FieldText(path, *field);
}

std::string Reference() {
  std::string out =
      "# Machine config\n\nA config is a stream of YAML documents with `---` between "
      "them.\n";
  for (const Kind& kind : AllKinds()) {
    out += Cat("\n## ", TitleOf(kind), "\n\n", kind.option->doc());
    if (kind.named()) out += " There may be several, told apart by `name`.";
    if (kind.option->control_plane_only()) out += " On control planes only.";
    out += "\n\n| Key | Type | Meaning |\n|---|---|---|\n";
    AppendRows(*kind.shape, "", out);
  }
  return out;
}

}  // namespace ichor::config
