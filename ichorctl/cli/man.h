// Man pages, in the language of groff_man(7).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

// (file name, text) of a page for each command of the tree: "ichorctl-gen-secrets.1".
std::vector<std::pair<std::string, std::string>> ManPages(const Command& root);

}  // namespace ichor::ctl
