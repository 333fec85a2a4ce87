#include "lib/resource/utf8_text.h"

#include "lib/base/utf8.h"

namespace ichor {

std::string Utf8Text(std::string_view bytes) {
  constexpr char32_t kReplacement = 0xfffd;
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const base::Rune rune = base::DecodeRune(bytes);
    base::AppendRune(rune.length == 0 ? kReplacement : rune.value, text);
    bytes.remove_prefix(rune.length == 0 ? 1 : static_cast<size_t>(rune.length));
  }
  return text;
}

}  // namespace ichor
