#include "lib/config/redact.h"

#include "lib/config/secrets.h"
#include "lib/yaml/write.h"

namespace ichor::config {

std::string Redact(const Config& config, std::string_view replacement) {
  std::string text;
  for (const Document& document : config.documents()) {
    Node root = document.root;
    HideSecrets(root, *document.kind->shape, replacement);
    if (!text.empty()) text += "---\n";
    text += Write(root, {});
  }
  return text;
}

}  // namespace ichor::config
