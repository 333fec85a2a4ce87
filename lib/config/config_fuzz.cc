// Any bytes as a config: what loads survives encoding, redaction and a look at its differences.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/check.h"
#include "lib/config/config.h"
#include "lib/config/diff.h"
#include "lib/config/encode.h"
#include "lib/config/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ichor::config;  // NOLINT(google-build-using-namespace): a function of C
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config = Load("fuzz", text);
  if (!config.ok()) {
    CHECK(!config.status().message().empty());
    return 0;
  }
  CHECK(config->text() == text);
  CHECK(Diff(*config, *config).empty());
  for (const Document& document : config->documents()) {
    CHECK(!Encode(*document.message, {.docs = true}).empty());
  }
  CHECK(!Redact(*config).empty());
  return 0;
}
