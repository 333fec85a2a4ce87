#include "lib/base/log.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/captured_stderr.h"

namespace ichor::base {
TEST_CASE("log: one call is one line, whatever the message holds") {
  const std::string text = CaptureStderr([] {
    Log(Severity::kWarning, "eth{}: name\n\x1b[31m is odd", 0);
    Log(Severity::kError, "second");
  });
  CHECK(text == "warning: eth0: name  [31m is odd\nerror: second\n");
}

}  // namespace ichor::base
