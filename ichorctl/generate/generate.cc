#include "ichorctl/generate/generate.h"

#include <vector>

#include "ichorctl/generate/parts.h"
#include "ichorctl/generate/tree.h"
#include "lib/pki/openssl.h"

namespace ichor::ctl {

pki::Secret GenerateConfig(const Input& input, MachineType type) {
  constexpr int kFirstWithDocuments = 14;
  std::vector<Tree> documents = input.contract.Has(kFirstWithDocuments)
                                    ? DocumentsSince14(input, type)
                                    : DocumentsUntil13(input, type);
  std::string text = ToText(documents);
  for (Tree& document : documents) {
    Wipe(document);
  }
  pki::Secret config(text);
  pki::Wipe(text);
  return config;
}

}  // namespace ichor::ctl
