// What an HTTP status means for who fetched.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace ichor::http {

// OK for 200 to 299; else an error with `what` and the status with its name: "GET http://host/x:
// 404 Not Found". Codes: lib/http/client.h.
absl::Status StatusOfAnswer(long status, std::string_view what);

}  // namespace ichor::http
