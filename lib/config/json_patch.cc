#include "lib/config/json_patch.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "lib/base/status.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

using Op = JsonOperation::Op;

constexpr std::array<std::string_view, 6> kOps = {"add",  "remove", "replace",
                                                  "move", "copy",   "test"};

void Report(const Node& node, std::string message, Findings& findings) {
  findings.push_back(
      {.file = node.source->file, .place = node.place(), .message = std::move(message)});
}

// "/a/b~1c" as {"a", "b/c"}; nothing if it is no pointer.
std::optional<std::vector<std::string>> ParsePointer(std::string_view text) {
  std::vector<std::string> tokens;
  if (text.empty()) return tokens;
  if (text[0] != '/') return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      tokens.emplace_back();
    } else if (text[i] != '~') {
      tokens.back() += text[i];
    } else {
      const char escaped = i + 1 < text.size() ? text[++i] : '\0';
      if (escaped != '0' && escaped != '1') return std::nullopt;
      tokens.back() += escaped == '0' ? '~' : '/';
    }
  }
  return tokens;
}

// The pointer under a member that must be there.
std::vector<std::string> PointerAt(const Node& item, std::string_view member, Findings& findings) {
  const Node* node = item.Find(member);
  if (node == nullptr || !node->IsScalar()) {
    Report(item, Cat("an operation without \"", member, "\""), findings);
    return {};
  }
  auto pointer = ParsePointer(node->text);
  if (!pointer) {
    Report(*node, Cat(member, ": got ", Describe(*node), ", expected a pointer such as /a/b/0"),
           findings);
    return {};
  }
  return *std::move(pointer);
}

std::optional<JsonOperation> ParseOperation(const Node& item, Findings& findings) {
  const Node* op = item.Find("op");
  const auto found = op == nullptr ? kOps.end() : std::ranges::find(kOps, op->text);
  if (found == kOps.end()) {
    const std::string got = op == nullptr ? "nothing" : Describe(*op);
    Report(op == nullptr ? item : *op,
           Cat("op: got ", got, ", expected one of add, remove, replace, move, copy, test"),
           findings);
    return std::nullopt;
  }
  JsonOperation operation{.op = static_cast<Op>(found - kOps.begin()),
                          .path = PointerAt(item, "path", findings),
                          .source = item.source,
                          .begin = item.begin};
  if (operation.op == Op::kMove || operation.op == Op::kCopy) {
    operation.from = PointerAt(item, "from", findings);
  }
  const bool with_value =
      operation.op == Op::kAdd || operation.op == Op::kReplace || operation.op == Op::kTest;
  if (!with_value) return operation;
  if (const Node* value = item.Find("value")) {
    operation.value = *value;
    operation.value.key = {};
  } else if (operation.op != Op::kTest) {
    Report(item, "an operation without \"value\"", findings);
  } else {
    operation.value = MakePlain(*item.source, "null");
  }
  return operation;
}

std::string PointerText(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& token : path) {
    text += Cat("/", token);
  }
  return text;
}

absl::Status Missing(const std::vector<std::string>& path) {
  return absl::InvalidArgumentError(Cat("nothing is at ", PointerText(path)));
}

// The place of an item: below `size`, or `size` itself if `may_append`.
std::optional<size_t> IndexOf(std::string_view token, size_t size, bool may_append) {
  if (token == "-") return may_append ? std::optional(size) : std::nullopt;
  std::uint32_t index = 0;
  const bool leading_zero = token.size() > 1 && token[0] == '0';
  if (leading_zero || !absl::SimpleAtoi(ToAbsl(token), &index)) return std::nullopt;
  return index < size + (may_append ? 1 : 0) ? std::optional<size_t>(index) : std::nullopt;
}

Node* Step(Node& node, std::string_view token) {
  if (node.IsMapping()) return node.Find(token);
  if (!node.IsSequence()) return nullptr;
  const auto index = IndexOf(token, node.children.size(), false);
  return index ? &node.children[*index] : nullptr;
}

// The value that the first `steps` tokens lead to.
absl::StatusOr<Node*> Walk(Node& root, const std::vector<std::string>& path, size_t steps) {
  Node* node = &root;
  for (size_t i = 0; i < steps; ++i) {
    node = Step(*node, path[i]);
    if (node == nullptr) return Missing({path.begin(), path.begin() + static_cast<long>(i) + 1});
  }
  return node;
}

void Put(Node& target, Node value) {
  value.key = target.key;
  value.key_begin = target.key_begin;
  target = std::move(value);
}

// `key` must outlive the tree: a token of the patch.
absl::Status Add(Node& root, const std::vector<std::string>& path, Node value) {
  if (path.empty()) {
    Put(root, std::move(value));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(Node* const parent, Walk(root, path, path.size() - 1));
  const std::string& token = path.back();
  if (parent->IsMapping()) {
    if (Node* present = parent->Find(token)) {
      Put(*present, std::move(value));
    } else {
      value.key = token;
      parent->children.push_back(std::move(value));
    }
    return absl::OkStatus();
  }
  const auto index =
      parent->IsSequence() ? IndexOf(token, parent->children.size(), true) : std::nullopt;
  if (!index) return Missing(path);
  parent->children.insert(parent->children.begin() + static_cast<long>(*index), std::move(value));
  return absl::OkStatus();
}

absl::StatusOr<Node> Remove(Node& root, const std::vector<std::string>& path) {
  if (path.empty()) return absl::InvalidArgumentError("the whole document cannot be removed");
  ASSIGN_OR_RETURN(Node* const parent, Walk(root, path, path.size() - 1));
  Node* child = Step(*parent, path.back());
  if (child == nullptr) return Missing(path);
  Node removed = std::move(*child);
  removed.key = {};
  parent->children.erase(parent->children.begin() + (child - parent->children.data()));
  return removed;
}

absl::Status ApplyOne(const JsonOperation& operation, Node& root) {
  switch (operation.op) {
    case Op::kAdd:
      return Add(root, operation.path, operation.value);
    case Op::kRemove:
      return Remove(root, operation.path).status();
    case Op::kReplace: {
      ASSIGN_OR_RETURN(Node* const target, Walk(root, operation.path, operation.path.size()));
      Put(*target, operation.value);
      return absl::OkStatus();
    }
    case Op::kMove: {
      ASSIGN_OR_RETURN(Node value, Remove(root, operation.from));
      return Add(root, operation.path, std::move(value));
    }
    case Op::kCopy: {
      ASSIGN_OR_RETURN(const Node* const from, Walk(root, operation.from, operation.from.size()));
      Node value = *from;
      value.key = {};
      return Add(root, operation.path, std::move(value));
    }
    case Op::kTest: {
      ASSIGN_OR_RETURN(const Node* const target, Walk(root, operation.path, operation.path.size()));
      if (SameValue(*target, operation.value)) return absl::OkStatus();
      return absl::InvalidArgumentError(Cat("the test of ", PointerText(operation.path),
                                            " failed: got ", Describe(*target), ", expected ",
                                            Describe(operation.value)));
    }
  }
}

}  // namespace

JsonPatch MakeJsonPatch(SourcePtr source, const Node& list, Findings& findings) {
  JsonPatch patch{.source = std::move(source)};
  for (const Node& item : list.children) {
    auto operation = ParseOperation(item, findings);
    if (operation) patch.operations.push_back(*std::move(operation));
  }
  return patch;
}

absl::Status Apply(const JsonPatch& patch, Node& root) {
  for (const JsonOperation& operation : patch.operations) {
    const absl::Status status = ApplyOne(operation, root);
    if (status.ok()) continue;
    const Place place = PlaceOf(*operation.source, operation.begin);
    return base::Annotate(status, Cat(operation.source->file, ":", place.line, ":", place.column));
  }
  return absl::OkStatus();
}

}  // namespace ichor::config
