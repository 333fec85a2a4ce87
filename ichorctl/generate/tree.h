// YAML trees, put together by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ichor::ctl {

struct Tree {
  enum class Kind : std::uint8_t { kPlain, kText, kSequence, kMapping };

  Kind kind = Kind::kPlain;
  std::string text{};  // of a scalar
  std::string key{};   // of a value of a mapping
  std::vector<Tree> children{};
};

// Values of mappings: each has its key. An item of a list has an empty one.
Tree Text(std::string_view key, std::string_view text);
Tree Number(std::string_view key, long number);  // NOLINT(google-runtime-int): any
Tree Truth(std::string_view key, bool value);
Tree Mapping(std::string_view key, std::vector<Tree> values);
Tree List(std::string_view key, std::vector<Tree> items);
Tree Texts(std::string_view key, const std::vector<std::string>& items);

// Adds `node` to `parent` if `condition` is true.
void AddIf(bool condition, Tree node, std::vector<Tree>& parent);

// A document of a kind: apiVersion and kind, then `values`.
Tree Document(std::string_view kind, std::vector<Tree> values);

// All `documents`, `---` between them.
std::string ToText(const std::vector<Tree>& documents);

// Overwrites every scalar, some of which may be secrets.
void Wipe(Tree& tree);

}  // namespace ichor::ctl
