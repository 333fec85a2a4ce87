// YAML trees, put together by hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/resource/yaml/read.h"

namespace ichor::ctl {

// Values of mappings: each has its key. An item of a list has an empty one.
YamlNode Text(std::string_view key, std::string_view text);
YamlNode Number(std::string_view key, long number);  // NOLINT(google-runtime-int): any
YamlNode Truth(std::string_view key, bool value);
YamlNode Mapping(std::string_view key, std::vector<YamlNode> values);
YamlNode List(std::string_view key, std::vector<YamlNode> items);
YamlNode Texts(std::string_view key, const std::vector<std::string>& items);

// Adds `node` to `parent` if `condition` is true.
void AddIf(bool condition, YamlNode node, std::vector<YamlNode>& parent);

// A document of a kind: apiVersion and kind, then `values`.
YamlNode Document(std::string_view kind, std::vector<YamlNode> values);

// All `documents`, `---` between them.
std::string ToText(const std::vector<YamlNode>& documents);

}  // namespace ichor::ctl
