// A URL as it may stand in logs.
#pragma once

#include <string>
#include <string_view>

namespace ichor::http {

// `url` without what may be secret in it: no user and password, no query, no fragment. What was
// left out is "…".
std::string ShownUrl(std::string_view url);

}  // namespace ichor::http
