#include "machined/init/unmount.h"

#include <array>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {

TEST_CASE("init unmount: target and source come out of a line of mountinfo") {
  const auto line = ParseMountLine(
      "36 35 98:0 /mnt1 /var/mnt/a\\040b rw,noatime master:1 shared:2 - xfs /dev/vda6 rw");
  REQUIRE(line.has_value());
  CHECK(line->target == "/var/mnt/a\\040b");
  CHECK(line->source == "/dev/vda6");
  const auto bare = ParseMountLine("36 35 0:5 / /run rw - tmpfs tmpfs rw\n");
  REQUIRE(bare.has_value());
  CHECK(bare->target == "/run");
  CHECK(bare->source == "tmpfs");
  CHECK_FALSE(ParseMountLine("36 35 0:5 / /run rw").has_value());
  CHECK_FALSE(ParseMountLine("").has_value());
}

TEST_CASE("init unmount: the root and the kernel's file systems stay") {
  CHECK(IsToUnmount("/var"));
  CHECK(IsToUnmount("/system/state"));
  CHECK(IsToUnmount("/device"));
  CHECK_FALSE(IsToUnmount("/"));
  CHECK_FALSE(IsToUnmount("/dev/pts"));
  CHECK_FALSE(IsToUnmount("/sys/fs/cgroup"));
  CHECK_FALSE(IsToUnmount("relative"));
}

TEST_CASE("init unmount: special characters of a path are what they stand for") {
  std::array<char, 16> out{};
  CHECK(Unescape("/a\\040b\\134c", out));
  CHECK(std::string(out.data()) == "/a b\\c");
  CHECK(Unescape("/a\\04", out));
  CHECK(std::string(out.data()) == "/a\\04");
  CHECK_FALSE(Unescape("/0123456789abcdef", out));
}

}  // namespace ichor::init
