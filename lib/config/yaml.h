// The words of lib/yaml that all of lib/config speaks in: trees, what is wrong with them, and text
// from parts.
#pragma once

#include "lib/yaml/finding.h"
#include "lib/yaml/node.h"
#include "lib/yaml/text.h"

namespace ichor::config {

using yml::Cat;
using yml::Finding;
using yml::Findings;
using yml::HasErrors;
using yml::Node;
using yml::Place;
using yml::Source;
using yml::SourcePtr;
using yml::ToAbsl;
using yml::ToStatus;
using yml::ToString;

}  // namespace ichor::config
