// Text in JSON.
#pragma once

#include <string>
#include <string_view>

namespace ichor {

// `bytes` as a JSON string with its quotes (RFC 8259, 7); what is no UTF-8 becomes U+FFFD.
std::string JsonText(std::string_view bytes);

}  // namespace ichor
