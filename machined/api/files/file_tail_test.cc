#include "machined/api/files/file_tail.h"

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_file_view.h"

namespace ichor::api {
namespace {

// What it gives until it has no more.
std::string Rest(FileTail& tail) {
  std::vector<std::string> messages;
  while (tail.Produce(messages).value_or(false)) {
  }
  std::string text;
  for (const std::string& message : messages) {
    common::Data data;
    REQUIRE(data.ParseFromString(message));
    text += data.bytes();
  }
  return text;
}

std::string Tail(const std::string& contents, std::optional<size_t> lines) {
  sys::FakeFileView files;
  files.AddFile("/log", contents);
  FileTail tail(files, "/log", lines);
  return Rest(tail);
}

}  // namespace

TEST_CASE("file tail: the last lines, also one that is not ended") {
  CHECK(Tail("a\nb\nc\n", std::nullopt) == "a\nb\nc\n");
  CHECK(Tail("a\nb\nc\n", 2) == "b\nc\n");
  CHECK(Tail("a\nb\nc", 2) == "b\nc");
  CHECK(Tail("a\nb\nc\n", 3) == "a\nb\nc\n");
  CHECK(Tail("a\nb\n", 9) == "a\nb\n");
  CHECK(Tail("a\nb\n", 0).empty());
  CHECK(Tail("", 1).empty());
  const std::string much(200'000, 'x');
  CHECK(Tail(much + "\n" + much + "\n", 1) == much + "\n");
}

TEST_CASE("file tail: a file that takes the name is read from its beginning") {
  sys::FakeFileView files;
  files.AddFile("/log", "a\n");
  FileTail tail(files, "/log", 1);
  CHECK(Rest(tail) == "a\n");
  CHECK(Rest(tail).empty());
  files.AddFile("/another", "");
  files.AddFile("/log", "b\n");
  CHECK(Rest(tail) == "b\n");
}

TEST_CASE("file tail: a file that is not there") {
  sys::FakeFileView files;
  FileTail tail(files, "/log", 1);
  std::vector<std::string> messages;
  CHECK(absl::IsNotFound(tail.Produce(messages).status()));
}

}  // namespace ichor::api
