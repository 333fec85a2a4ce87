// Foreign bytes as text that a spec can hold.
#pragma once

#include <string>
#include <string_view>

namespace ichor {

// `bytes` as UTF-8: each byte that is no part of a valid sequence becomes U+FFFD. What comes from
// disks, firmware and devices goes through this, since a message with other bytes in a string is
// refused by whoever receives it.
std::string Utf8Text(std::string_view bytes);

}  // namespace ichor
