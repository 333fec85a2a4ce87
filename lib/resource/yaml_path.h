// Where in a document a value is, and what is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/yaml/node.h"

namespace ichor {

// One step from the top of a document; steps of callers live on their stacks.
struct YamlPath {
  const YamlPath* parent = nullptr;
  std::string_view key{};  // of a mapping
  int index = -1;          // of a list, if not negative
};

// "spec.addresses[1]"; "" at the top.
std::string ToString(const YamlPath& path);

// InvalidArgument: 3:12: spec.addresses[1]: got "x", expected an IP prefix.
absl::Status Unexpected(const yml::Node& node, const YamlPath& path, std::string_view expected);

// InvalidArgument: 3:5: spec: unknown key "x".
absl::Status UnknownKey(const yml::Node& child, const YamlPath& path);

// The text of a scalar that is not null; nothing for anything else. A number counts as its text.
std::optional<std::string_view> ScalarText(const yml::Node& node);

// The value of a plain `true` or `false`.
std::optional<bool> PlainBool(const yml::Node& node);

}  // namespace ichor
