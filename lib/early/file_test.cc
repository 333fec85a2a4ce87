#include "lib/early/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/early/fd.h"

namespace ichor::early {
namespace {

// A directory that goes with the test.
struct Directory {
  std::string path = "/tmp/early.XXXXXX";

  Directory() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("early file: a file is read as far as the buffer goes") {
  const Directory directory;
  const std::string path = directory.path + "/file";
  CHECK(WriteFile(path.c_str(), "0123456789\n") == ENOENT);
  CHECK(WriteFile(path.c_str(), "0123456789\n", 0644) == 0);
  std::array<char, 4> small{};
  CHECK(ReadFile(path.c_str(), small) == "0123");
  std::array<char, 64> large{};
  CHECK(ReadFile(path.c_str(), large) == "0123456789\n");
  CHECK(ReadLine(path.c_str(), large) == "0123456789");
  CHECK_FALSE(ReadFile((path + "x").c_str(), large).has_value());
}

TEST_CASE("early file: reading beyond the end is an error") {
  const Directory directory;
  const std::string path = directory.path + "/file";
  REQUIRE(WriteFile(path.c_str(), "0123456789", 0600) == 0);
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<std::byte, 4> bytes{};
  CHECK(ReadAt(fd.get(), 6, bytes));
  CHECK(bytes[3] == std::byte{'9'});
  CHECK_FALSE(ReadAt(fd.get(), 7, bytes));
  CHECK(errno == EIO);
}

TEST_CASE("early file: directories are made down to the last") {
  const Directory directory;
  const std::string path = directory.path + "/a/b//c";
  CHECK(MakeDirectories(path.c_str(), 0755) == 0);
  CHECK(std::filesystem::is_directory(path));
  CHECK(MakeDirectories(path.c_str(), 0755) == 0);
  CHECK(MakeDirectories(("/" + std::string(600, 'x')).c_str(), 0755) == ENAMETOOLONG);
}

}  // namespace ichor::early
