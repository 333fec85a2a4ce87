// Any bytes as a config and a patch, with a zero byte between them: what a patch gives loads, and
// patches nothing that it does not touch.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/check.h"
#include "lib/config/patch.h"

namespace config = ichor::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = bytes.find('\0');
  if (zero == std::string::npos) return 0;
  const auto loaded = config::Load("config", bytes.substr(0, zero));
  if (!loaded.ok()) return 0;
  const auto unchanged = config::ApplyPatches(*loaded, {});
  CHECK_OK(unchanged.status());
  CHECK(unchanged->text() == loaded->text());
  const auto patch = config::ParsePatch("patch", bytes.substr(zero + 1));
  if (!patch.ok()) return 0;
  const auto patched = config::ApplyPatches(*loaded, {&*patch, 1});
  if (!patched.ok()) CHECK(!patched.status().message().empty());
  return 0;
}
