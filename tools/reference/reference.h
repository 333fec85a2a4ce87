// The pages of docs/reference/: what the node's API and its resources are, from what the code
// knows.
#pragma once

#include <string>
#include <vector>

namespace ichor::reference {

struct Page {
  std::string file;  // "api.md"
  std::string text;  // Markdown
};

// Every page, always the same for the same sources.
std::vector<Page> Pages();

}  // namespace ichor::reference
