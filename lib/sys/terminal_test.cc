#include "lib/sys/terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

TEST_CASE("terminal: a device is not one, the far end of a pseudo-terminal is") {
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK_FALSE(IsTerminal(null.get()));
  const base::UniqueFd pseudo(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(pseudo.get() >= 0);
  CHECK(IsTerminal(pseudo.get()));
}

TEST_CASE("terminal: what knows no size is 80 by 24") {
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK(SizeOfTerminal(null.get()).columns == 80);
  CHECK(SizeOfTerminal(null.get()).rows == 24);
}

TEST_CASE("terminal: only a virtual console can be shown") {
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK_THAT(ShowTerminal(null.get()),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "not a virtual console"));
}

TEST_CASE("terminal: a screen shows what is written, and no keys") {
  const base::UniqueFd keyboard(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(keyboard.ok());
  REQUIRE(unlockpt(keyboard.get()) == 0);
  std::array<char, 64> name{};
  REQUIRE(ptsname_r(keyboard.get(), name.data(), name.size()) == 0);
  const base::UniqueFd screen(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(screen.ok());
  REQUIRE_THAT(MakeScreen(screen.get()), base::IsOk());
  REQUIRE(write(keyboard.get(), "x\x13", 2) == 2);  // the second one would stop the output
  REQUIRE_THAT(WriteTerminal(screen.get(), "shown"), base::IsOk());
  std::array<char, 64> seen{};
  const ssize_t size = read(keyboard.get(), seen.data(), seen.size());
  REQUIRE(size > 0);
  CHECK(std::string_view(seen.data(), static_cast<size_t>(size)) == "shown");
}

TEST_CASE("terminal: a screen reads keys one by one, and leaves the terminal as it was") {
  const base::UniqueFd keyboard(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(keyboard.ok());
  REQUIRE(unlockpt(keyboard.get()) == 0);
  std::array<char, 64> name{};
  REQUIRE(ptsname_r(keyboard.get(), name.data(), name.size()) == 0);
  const base::UniqueFd terminal(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(terminal.ok());
  termios before{};
  REQUIRE(tcgetattr(terminal.get(), &before) == 0);
  {
    const auto screen = TerminalScreen::Create(terminal.get());
    REQUIRE_THAT(screen, base::IsOk());
    REQUIRE(write(keyboard.get(), "q", 1) == 1);  // no line that ends
    CHECK(ReadTerminal(terminal.get()) == "q");
  }
  termios after{};
  REQUIRE(tcgetattr(terminal.get(), &after) == 0);
  CHECK(after.c_lflag == before.c_lflag);
  CHECK(after.c_iflag == before.c_iflag);
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK(absl::IsInvalidArgument(TerminalScreen::Create(null.get()).status()));
  CHECK(ReadTerminal(null.get()).empty());
}

TEST_CASE("terminal: what is none is no screen") {
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK_THAT(MakeScreen(null.get()),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "not a terminal"));
}

}  // namespace ichor::sys
