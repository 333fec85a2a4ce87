#include "machined/config/coverage/coverage.h"

#include <algorithm>
#include <format>
#include <optional>
#include <set>
#include <utility>

#include "lib/config/description.h"
#include "machined/config/active_config.h"
#include "machined/config/coverage/table.h"

namespace ichor {
namespace {

bool IsIn(std::string_view path, std::string_view whole) {
  return path.starts_with(whole) && (path.size() == whole.size() || path[whole.size()] == '.');
}

std::string Below(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : std::format("{}.{}", path, key);
}

void AddPaths(const config::Shape& shape, const std::string& path,
              std::vector<std::string>& paths) {
  for (const config::Field& field : shape.fields) {
    std::string below = Below(path, field.key);
    paths.push_back(below);
    // A shape that holds itself is walked once.
    if (field.shape != nullptr && field.shape != &shape) {
      AddPaths(*field.shape, below, paths);
    }
  }
}

// Walks a document and notes the rules that are met.
class Walk {
 public:
  Walk(const config::Document& document, std::vector<Unacted>& unacted)
      : document_(document), unacted_(unacted) {}

  void Mapping(const config::Node& node, const config::Shape& shape, const std::string& path) {
    for (const config::Node& child : node.children) {
      if (const config::Field* field = shape.Find(child.key); field != nullptr) {
        Value(child, *field, Below(path, child.key));
      }
    }
  }

 private:
  void Value(const config::Node& node, const config::Field& field, const std::string& path) {
    if (IsNothing(node)) {
      return;
    }
    if (field.shape == nullptr) {
      Meet(path);
    } else if (field.list || field.map) {
      for (const config::Node& item : node.children) {
        Mapping(item, *field.shape, path);
      }
    } else {
      Mapping(node, *field.shape, path);
    }
  }

  // What says nothing: an empty list or mapping, null, and a switch that is off.
  static bool IsNothing(const config::Node& node) {
    return node.children.empty() && (node.IsNull() || node.text.empty() || node.text == "false");
  }

  void Meet(const std::string& path) {
    const CoverageRule* const rule = FindCoverage(path);
    if (rule == nullptr || rule->coverage == Coverage::kActedOn || !met_.insert(rule).second) {
      return;
    }
    unacted_.push_back(
        {.path = document_.kind->legacy() ? std::string(rule->path) : Titled(rule->path),
         .sentence = std::string(rule->sentence),
         .security_relevant = rule->coverage == Coverage::kLaterProtection});
  }

  // "NetworkRuleConfig ssh" for "NetworkRuleConfig".
  std::string Titled(std::string_view path) const {
    return document_.Title() + std::string(path.substr(document_.kind->name.size()));
  }

  const config::Document& document_;
  std::vector<Unacted>& unacted_;
  std::set<const CoverageRule*> met_;
};

bool IsImageCache(const config::Document& document) {
  const config::Node* const name = document.root.Find("name");
  return document.kind->name == "VolumeConfig" && name != nullptr && name->text == "IMAGECACHE";
}

// What Kubernetes' containerd is told by a file.
bool ConfiguresContainerd(const config::Document& document) {
  const config::Node* const machine = document.root.Find("machine");
  const config::Node* const files = machine == nullptr ? nullptr : machine->Find("files");
  return files != nullptr && std::ranges::any_of(files->children, [](const config::Node& file) {
           const config::Node* const path = file.Find("path");
           return path != nullptr && path->text == "/etc/cri/conf.d/20-customization.part";
         });
}

}  // namespace

const CoverageRule* FindCoverage(std::string_view path) {
  const CoverageRule* best = nullptr;
  for (const CoverageRule& rule : CoverageRules()) {
    if (IsIn(path, rule.path) && (best == nullptr || rule.path.size() > best->path.size())) {
      best = &rule;
    }
  }
  return best;
}

std::vector<std::string> AllConfigPaths() {
  std::vector<std::string> paths;
  for (const config::Kind& kind : config::AllKinds()) {
    if (!kind.legacy()) {
      paths.push_back(kind.name);
    }
    AddPaths(*kind.shape, kind.name, paths);
  }
  return paths;
}

std::vector<Unacted> NotActedOn(const config::Config& config) {
  std::vector<Unacted> unacted;
  for (const config::Document& document : config.documents()) {
    if (IsImageCache(document)) {
      unacted.push_back({.path = document.Title(), .sentence = "the image cache is not there yet"});
      continue;
    }
    if (ConfiguresContainerd(document)) {
      unacted.push_back({.path = "machine.files",
                         .sentence = "/etc/cri/conf.d/20-customization.part: containers are not "
                                     "there yet"});
    }
    Walk(document, unacted).Mapping(document.root, *document.kind->shape, document.kind->name);
  }
  std::ranges::stable_partition(unacted, &Unacted::security_relevant);
  return unacted;
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseCoverage(
    const All<config::MachineConfig>& configs) {
  Desired<runtime::Diagnostic> diagnostics;
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return diagnostics;
  }
  runtime::Diagnostic::Spec protection;
  protection.set_message("the config asks for protection that this version does not give");
  runtime::Diagnostic::Spec rest;
  rest.set_message("the config says what this version does not act on");
  for (const Unacted& unacted : NotActedOn(*config)) {
    (unacted.security_relevant ? protection : rest)
        .add_details(std::format("{}: {}", unacted.path, unacted.sentence));
  }
  if (!protection.details().empty()) {
    diagnostics.Add("config-protection", std::move(protection));
  }
  if (!rest.details().empty()) {
    diagnostics.Add("config-coverage", std::move(rest));
  }
  return diagnostics;
}

}  // namespace ichor
