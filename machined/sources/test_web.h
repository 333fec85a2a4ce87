// Servers that answer at once, in tests.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/http/client.h"
#include "lib/runtime/loop.h"

namespace ichor {

struct TestWeb {
  std::map<std::string, absl::StatusOr<std::string>> answers;  // by URL; NotFound for others
  std::vector<std::string> asked;                              // URLs, in order

  // `loop` and this must outlive it.
  absl::StatusOr<std::unique_ptr<http::Client>> NewClient(Loop& loop);
};

}  // namespace ichor
