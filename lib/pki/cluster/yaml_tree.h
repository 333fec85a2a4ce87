// Small helpers to look into YAML that was read, and to write it again.
#pragma once

#include <initializer_list>
#include <string_view>

#include "lib/resource/yaml/emit.h"
#include "lib/resource/yaml/read.h"

namespace ichor::pki {

// The value of `key` in `node`; nullptr if `node` is no mapping, or has no such key, or the value
// is null.
const YamlNode* Child(const YamlNode& node, std::string_view key);

// The value at the end of `path`, or nullptr.
const YamlNode* Descendant(const YamlNode& node, std::initializer_list<std::string_view> path);

// Writes `node` as it is.
void Emit(const YamlNode& node, YamlEmitter& out);

// Overwrites every scalar in `node`.
void WipeTree(YamlNode& node);

// Overwrites a tree at the end of a scope.
class TreeWiper {
 public:
  explicit TreeWiper(YamlNode& tree) : tree_(tree) {}
  TreeWiper(const TreeWiper&) = delete;
  TreeWiper& operator=(const TreeWiper&) = delete;
  ~TreeWiper() { WipeTree(tree_); }

 private:
  YamlNode& tree_;
};

}  // namespace ichor::pki
