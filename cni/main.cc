#include "cni/main.h"

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "cni/plugin.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/read_to_end.h"
#include "lib/sys/run_with_input.h"

namespace ichor::cni {

int Main(int /*argc*/, char** /*argv*/) {
  constexpr std::size_t kLargestInput = 4 << 20;  // bytes
  auto input = sys::ReadToEnd(STDIN_FILENO, "standard input", kLargestInput);
  if (!input.ok()) {
    base::Log(base::Severity::kError, "flannel: {}", base::MessageOf(input.status()));
    return 1;
  }
  const Answer answer = Handle({.variable =
                                    [](const char* name) {
                                      const char* const value = std::getenv(name);
                                      return std::string(value != nullptr ? value : "");
                                    },
                                .input = *std::move(input),
                                .run = sys::RunWithInput});
  std::fputs(answer.output.c_str(), stdout);
  return answer.exit_code;
}

}  // namespace ichor::cni
