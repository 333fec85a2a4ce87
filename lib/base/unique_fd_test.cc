#include "lib/base/unique_fd.h"

#include <fcntl.h>

#include <utility>

#include "catch2/catch_test_macros.hpp"

namespace ichor::base {
namespace {

bool IsOpen(int fd) {
  return fcntl(fd, F_GETFD) >= 0;
}

int OpenNull() {
  return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace

TEST_CASE("unique_fd: closes at the end of its scope, once") {
  int raw = -1;
  {
    UniqueFd fd(OpenNull());
    raw = fd.get();
    REQUIRE(fd.ok());
    REQUIRE(IsOpen(raw));
  }
  CHECK_FALSE(IsOpen(raw));
}

TEST_CASE("unique_fd: a move leaves the source empty and closes what the target held") {
  UniqueFd first(OpenNull());
  UniqueFd second(OpenNull());
  const int first_raw = first.get();
  const int second_raw = second.get();
  second = std::move(first);
  CHECK(second.get() == first_raw);
  CHECK_FALSE(IsOpen(second_raw));
  CHECK(IsOpen(first_raw));
}

TEST_CASE("unique_fd: a released descriptor stays open") {
  UniqueFd fd(OpenNull());
  const UniqueFd owner(fd.Release());
  CHECK_FALSE(fd.ok());
  CHECK(IsOpen(owner.get()));
}

}  // namespace ichor::base
