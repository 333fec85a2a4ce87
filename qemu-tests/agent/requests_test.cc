#include "qemu-tests/agent/requests.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <string>

#include "lib/early/fd.h"

namespace ichor::agent {
namespace {

// The answer to a request over /proc. It has to fit a pipe.
std::string AnswerTo(const std::string& request, int program = -1) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const early::Fd from(ends[0]);
  early::Fd to(ends[1]);
  const early::Fd proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  Answer(request, {.port = to.get(), .proc = proc.get(), .program = program});
  to.Reset();
  std::array<char, 65536> buffer{};
  std::string answer;
  for (ssize_t size = 0; (size = ::read(from.get(), buffer.data(), buffer.size())) > 0;)
    answer.append(buffer.data(), static_cast<std::size_t>(size));
  return answer;
}

TEST_CASE("agent: a file comes in pieces and a zero") {
  CHECK(AnswerTo("read sys/kernel/ostype") == "6\nLinux\n0\n");
}

TEST_CASE("agent: a directory comes as names") {
  CHECK(AnswerTo("list self/task").contains("..\n"));
  CHECK(AnswerTo("list self/task").ends_with("0\n"));
}

TEST_CASE("agent: what a file system holds is a number") {
  CHECK(AnswerTo("space self/root") != "0\n");
  CHECK(AnswerTo("space self/root").ends_with("0\n"));
}

TEST_CASE("agent: what is not there, or not understood, is an error number") {
  CHECK(AnswerTo("read nothing") == "-2\n");
  CHECK(AnswerTo("list nothing") == "-2\n");
  CHECK(AnswerTo("dance") == "-38\n");
  CHECK(AnswerTo("run") == "-38\n");
}

}  // namespace
}  // namespace ichor::agent
