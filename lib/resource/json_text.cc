#include "lib/resource/json_text.h"

#include <format>

#include "lib/resource/utf8_text.h"

namespace ichor {

std::string JsonText(std::string_view bytes) {
  constexpr unsigned char kFirstPrintable = 0x20;
  std::string text = "\"";
  for (const char c : Utf8Text(bytes)) {
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (static_cast<unsigned char>(c) < kFirstPrintable) {
      text += std::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace ichor
