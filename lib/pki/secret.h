// Text that nobody may read after its use: keys, tokens.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "lib/pki/openssl.h"

namespace ichor::pki {

// Owns a text and overwrites it when it goes. Moving leaves nothing behind in the source. Has no
// way to a log or a stream but `text()`.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept { *this = std::move(other); }
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { Clear(); }

  // Valid until it is changed.
  const std::string& text() const { return text_; }  // NOLINT(readability-identifier-naming)
  bool empty() const { return text_.empty(); }       // NOLINT(readability-identifier-naming)
  bool operator==(const Secret&) const = default;

 private:
  void Clear() { Wipe(text_); }

  std::string text_;
};

}  // namespace ichor::pki
