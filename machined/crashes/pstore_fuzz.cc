#include <cstddef>
#include <cstdint>
#include <string>

#include "machined/crashes/pstore_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& end : ichor::JoinParts({{"a", 1, text}, {"b", 2, "Panic#1 Part2\n" + text}})) {
    static_cast<void>(ichor::CrashesOf(end));
  }
  return 0;
}
