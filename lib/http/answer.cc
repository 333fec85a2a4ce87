#include "lib/http/answer.h"

#include <algorithm>
#include <array>
#include <format>
#include <string>

namespace ichor::http {
namespace {

struct Named {
  long status;
  std::string_view name;
};

// Those that servers of files and of metadata give. See RFC 9110, section 15.
constexpr std::array kNames = {
    Named{301, "Moved Permanently"},
    Named{302, "Found"},
    Named{304, "Not Modified"},
    Named{400, "Bad Request"},
    Named{401, "Unauthorized"},
    Named{403, "Forbidden"},
    Named{404, "Not Found"},
    Named{405, "Method Not Allowed"},
    Named{407, "Proxy Authentication Required"},
    Named{408, "Request Timeout"},
    Named{410, "Gone"},
    Named{429, "Too Many Requests"},
    Named{500, "Internal Server Error"},
    Named{502, "Bad Gateway"},
    Named{503, "Service Unavailable"},
    Named{504, "Gateway Timeout"},
};

absl::StatusCode CodeOf(long status) {
  switch (status) {
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
    case 410:
      return absl::StatusCode::kNotFound;
    case 408:
    case 429:
      return absl::StatusCode::kUnavailable;
    default:
      return status >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

absl::Status StatusOfAnswer(long status, std::string_view what) {
  if (status >= 200 && status < 300) {
    return absl::OkStatus();
  }
  const auto named = std::ranges::find(kNames, status, &Named::status);
  const std::string name = named == kNames.end() ? "" : std::format(" {}", named->name);
  return {CodeOf(status), std::format("{}: {}{}", what, status, name)};
}

}  // namespace ichor::http
