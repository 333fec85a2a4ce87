// What libcurl's codes mean for who fetched.
#pragma once

#include <curl/curl.h>

#include "absl/status/status.h"

namespace ichor::http {

// The code of a transfer that got no answer.
absl::StatusCode CodeOf(CURLcode code);

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace ichor::http
