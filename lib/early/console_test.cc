#include "lib/early/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::early {
namespace {

// A console that speaks into a pipe, and what it said.
struct Heard {
  Console console{"ichor: test"};
  Fd read_end;

  explicit Heard(bool kernel_log) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    read_end.Reset(ends[0]);
    console.Use(Fd(ends[1]), kernel_log);
  }
  std::string Text() const {
    std::array<char, 4096> buffer{};
    const auto got = ::read(read_end.get(), buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(got > 0 ? got : 0)};
  }
};

}  // namespace

TEST_CASE("early console: a line carries its level only for the kernel's log") {
  const Heard kernel(true);
  kernel.console.Error({"mount ", "/proc", ": ", ErrorText(ENOENT)});
  CHECK(kernel.Text() == "<3>ichor: test: mount /proc: No such file or directory\n");
  const Heard terminal(false);
  terminal.console.Info({"hello"});
  CHECK(terminal.Text() == "ichor: test: hello\n");
}

TEST_CASE("early console: foreign text cannot forge lines, and is cut") {
  const Heard heard(true);
  heard.console.SayFor("apid", Level::kInfo, "one\n<0>two\x1b[2J");
  CHECK(heard.Text() == "<6>apid: one?<0>two?[2J\n");
  heard.console.SayFor("apid", Level::kInfo, std::string(5000, 'x'));
  CHECK(heard.Text() == "<6>apid: " + std::string(900, 'x') + "\n");
}

TEST_CASE("early console: an error without a name is said to be unknown") {
  CHECK(ErrorText(99999) == "Unknown error");
}

}  // namespace ichor::early
