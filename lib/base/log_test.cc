#include "lib/base/log.h"

#include <unistd.h>

#include <array>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/unique_fd.h"

namespace ichor::base {
namespace {

// Runs `action` with standard error going into a pipe, and returns what was written.
template <class Action>
std::string CaptureStderr(Action action) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  const UniqueFd saved(dup(STDERR_FILENO));
  dup2(writer.get(), STDERR_FILENO);
  action();
  dup2(saved.get(), STDERR_FILENO);
  std::array<char, 4096> buffer{};
  const ssize_t size = read(reader.get(), buffer.data(), buffer.size());
  return {buffer.data(), static_cast<size_t>(size)};
}

}  // namespace

TEST_CASE("log: one call is one line, whatever the message holds") {
  const std::string text = CaptureStderr([] {
    Log(Severity::kWarning, "eth{}: name\n\x1b[31m is odd", 0);
    Log(Severity::kError, "second");
  });
  CHECK(text == "warning: eth0: name  [31m is odd\nerror: second\n");
}

}  // namespace ichor::base
