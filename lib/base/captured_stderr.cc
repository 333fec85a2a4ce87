#include "lib/base/captured_stderr.h"

#include <unistd.h>

#include <array>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/unique_fd.h"

namespace ichor::base {

std::string CaptureStderr(const std::function<void()>& action) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd saved(dup(STDERR_FILENO));
  {
    const UniqueFd writer(ends[1]);
    dup2(writer.get(), STDERR_FILENO);
  }
  action();
  dup2(saved.get(), STDERR_FILENO);
  std::array<char, 4096> buffer{};
  const ssize_t size = read(reader.get(), buffer.data(), buffer.size());
  return {buffer.data(), static_cast<size_t>(size)};
}

}  // namespace ichor::base
