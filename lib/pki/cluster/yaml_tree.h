// Small helpers to look into YAML that was read, and to write it again.
#pragma once

#include <initializer_list>
#include <string_view>

#include "lib/yaml/emit.h"
#include "lib/yaml/node.h"

namespace ichor::pki {

// The value of `key` in `node`; nullptr if `node` is no mapping, or has no such key, or the value
// is null.
const yml::Node* Child(const yml::Node& node, std::string_view key);

// The value at the end of `path`, or nullptr.
const yml::Node* Descendant(const yml::Node& node, std::initializer_list<std::string_view> path);

// Writes `node` as it is.
void Emit(const yml::Node& node, yml::Emitter& out);

// A source of trees that is overwritten when its last holder lets it go.
yml::SourcePtr SecretSource(std::string_view text);

}  // namespace ichor::pki
