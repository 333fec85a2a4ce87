// Any bytes as a config: what loads survives encoding, redaction and a look at its differences.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/check.h"
#include "lib/config/config.h"
#include "lib/config/diff.h"
#include "lib/config/encode.h"
#include "lib/config/redact.h"

namespace config = ichor::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto loaded = config::Load("fuzz", text);
  if (!loaded.ok()) {
    CHECK(!loaded.status().message().empty());
    return 0;
  }
  CHECK(loaded->text() == text);
  CHECK(config::Diff(*loaded, *loaded).empty());
  for (const config::Document& document : loaded->documents()) {
    CHECK(!config::Encode(*document.message, {.docs = true, .examples = true}).empty());
  }
  CHECK(!config::Redact(*loaded).empty());
  return 0;
}
