#include "lib/config/migrate/json_form.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "lib/base/status.h"
#include "lib/config/description.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

using Op = JsonOperation::Op;
using Steps = std::span<const std::string>;

// Whether a step leads into a list.
bool IsIndex(const std::string& step) {
  const auto digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  return step == "-" || (!step.empty() && std::ranges::all_of(step, digit));
}

class Translator {
 public:
  Translator(const JsonPatch& patch, const Document* base)
      : base_(base), result_{.source = patch.source}, root_(MakeMapping(*patch.source)) {}

  void Take(const JsonOperation& operation);
  absl::StatusOr<StrategicPatch> Finish();

 private:
  void Set(Steps path, Node value);
  void Delete(const JsonOperation& operation, Steps path);
  bool IsThere(Steps path) const;
  void Refuse(const JsonOperation& operation, std::string_view reason);
  std::string_view Kept(const std::string& step) { return Keep(*result_.source, step); }

  const Document* base_;
  StrategicPatch result_;
  Node root_;
  Findings findings_;
};

void Translator::Refuse(const JsonOperation& operation, std::string_view reason) {
  std::string pointer;
  for (const std::string& step : operation.path) {
    pointer += "/" + step;
  }
  findings_.push_back({.file = operation.source->file,
                       .place = PlaceOf(*operation.source, operation.begin),
                       .path = std::move(pointer),
                       .message = std::string(reason),
                       .fix = "write the patch as a piece of config"});
}

bool Translator::IsThere(Steps path) const {
  const Node* node = base_ == nullptr ? nullptr : &base_->root;
  for (const std::string& step : path) {
    node = node == nullptr || !node->IsMapping() ? nullptr : node->Find(step);
  }
  return node != nullptr;
}

void Translator::Set(Steps path, Node value) {
  Node* node = &root_;
  for (const std::string& step : path.first(path.size() - 1)) {
    if (node->Find(step) == nullptr) {
      Node mapping = MakeMapping(*result_.source);
      mapping.key = Kept(step);
      node->children.push_back(std::move(mapping));
    }
    node = node->Find(step);
  }
  Node* present = node->Find(path.back());
  value.key = Kept(path.back());
  if (present == nullptr) {
    node->children.push_back(std::move(value));
  } else if (present->IsSequence() && value.IsSequence()) {
    std::ranges::move(value.children, std::back_inserter(present->children));
  } else {
    *present = std::move(value);
  }
}

void Translator::Delete(const JsonOperation& operation, Steps path) {
  std::vector<std::string_view> keys;
  for (const std::string& step : path) {
    keys.push_back(Kept(step));
  }
  result_.deletions.push_back({.document = {.kind = FindKind("")},
                               .path = std::move(keys),
                               .source = operation.source,
                               .begin = operation.begin});
}

void Translator::Take(const JsonOperation& operation) {
  const bool plain =
      operation.op == Op::kAdd || operation.op == Op::kReplace || operation.op == Op::kRemove;
  if (!plain || operation.path.empty()) {
    return Refuse(operation, "the operation cannot be told over several documents");
  }
  Steps path = operation.path;
  const bool append = path.back() == "-" && operation.op == Op::kAdd && path.size() > 1;
  if (append) path = path.first(path.size() - 1);
  if (std::ranges::any_of(path, IsIndex)) {
    return Refuse(operation, "a place in a list cannot be told over several documents");
  }
  const bool there = IsThere(path);
  if (operation.op == Op::kRemove && !there) {
    return Refuse(operation, "is not there, perhaps in a document of its own");
  }
  // What is there is replaced, not merged.
  if (there && !append) Delete(operation, path);
  if (operation.op == Op::kRemove) return;
  Node value = operation.value;
  if (append) {
    value = MakeSequence(*result_.source);
    value.children.push_back(operation.value);
  }
  Set(path, std::move(value));
}

absl::StatusOr<StrategicPatch> Translator::Finish() {
  RETURN_IF_ERROR(ToStatus(findings_));
  if (!root_.children.empty()) {
    result_.documents.push_back({.document = {.kind = FindKind(""), .root = std::move(root_)}});
  }
  return std::move(result_);
}

}  // namespace

absl::StatusOr<StrategicPatch> ToStrategicPatch(const JsonPatch& patch, const Config& base) {
  Translator translator(patch, base.Find(*FindKind(""), ""));
  for (const JsonOperation& operation : patch.operations) {
    translator.Take(operation);
  }
  return translator.Finish();
}

}  // namespace ichor::config
