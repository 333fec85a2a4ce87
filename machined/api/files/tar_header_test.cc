#include "machined/api/files/tar_header.h"

#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::api {

TEST_CASE("tar header: a plain file is one block of ustar") {
  const std::string header = TarHeader({.name = "a/b",
                                        .permissions = 0640,
                                        .uid = 50,
                                        .size_bytes = 9,
                                        .modified_seconds = 1'000'000'000});
  REQUIRE(header.size() == kTarBlockBytes);
  CHECK(header.starts_with(std::string("a/b\0", 4)));
  CHECK(header.substr(100, 8) == std::string("0000640\0", 8));
  CHECK(header.substr(108, 8) == std::string("0000062\0", 8));
  CHECK(header.substr(124, 12) == std::string("00000000011\0", 12));
  CHECK(header.substr(136, 12) == std::string("07346545000\0", 12));
  CHECK(header[156] == '0');
  CHECK(header.substr(257, 8) == std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (size_t i = 0; i < header.size(); ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  }
  CHECK(std::stoul(header.substr(148, 6), nullptr, 8) == sum);
}

TEST_CASE("tar header: what does not fit into ustar is in a record before it") {
  const std::string name = std::string(120, 'n');
  const std::string header = TarHeader({.name = name, .size_bytes = std::uint64_t{1} << 40});
  REQUIRE(header.size() == 3 * kTarBlockBytes);
  CHECK(header[156] == 'x');
  CHECK(header.substr(512).starts_with("130 path=" + name + "\n22 size=1099511627776\n"));
  CHECK(header[1024 + 156] == '0');
  CHECK(header.substr(1024, 100) == name.substr(0, 100));
}

TEST_CASE("tar header: a record's length counts its own digits") {
  // " path=" and the newline are 7 bytes: with 2 digits, 99 are full.
  const std::string at_edge = TarHeader({.name = std::string(101, 'n')});
  CHECK(at_edge.substr(512).starts_with("111 path=n"));
}

TEST_CASE("tar header: contents fill whole blocks") {
  CHECK(TarPadding(0).empty());
  CHECK(TarPadding(512).empty());
  CHECK(TarPadding(513) == std::string(511, '\0'));
  CHECK(TarEnd() == std::string(1024, '\0'));
}

}  // namespace ichor::api
