// Any bytes as a command line: arguments are parts of it, in order, and it ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "lib/early/command_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view rest = text;
  const char* last = text.data();
  while (const auto argument = ichor::early::NextArgument(rest)) {
    if (argument->key.data() != nullptr && argument->key.data() < last) std::abort();
    if (argument->key.data() != nullptr) last = argument->key.data() + argument->key.size();
    if (last > text.data() + text.size()) std::abort();
  }
  (void)ichor::early::FindValue(text, "ichor.root");
  return 0;
}
