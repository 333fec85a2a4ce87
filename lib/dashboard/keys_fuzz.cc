// Bytes of a terminal never break the reader, however they are cut.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "lib/dashboard/keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ichor::dashboard::KeyReader whole;
  const auto keys = whole.Read(bytes);
  ichor::dashboard::KeyReader cut;
  std::vector<ichor::dashboard::Key> pieces;
  for (const char c : bytes) {
    for (const auto key : cut.Read({&c, 1})) {
      pieces.push_back(key);
    }
  }
  CHECK(keys == pieces);
  cut.ReadTyped(bytes);
  return 0;
}
