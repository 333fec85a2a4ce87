#include "machined/log/log_store.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "machined/log/log_reader.h"

namespace ichor::log {
namespace {

using base::StatusIs;

std::unique_ptr<LogReader> Follow(LogStore& store, std::string_view id,
                                  std::optional<size_t> tail_lines, int& woken) {
  absl::StatusOr<std::unique_ptr<LogReader>> reader =
      LogReader::Create(store, id, tail_lines, [&woken] { ++woken; });
  REQUIRE(reader.ok());
  return *std::move(reader);
}

}  // namespace

TEST_CASE("log store: a reader gets the tail, then what comes, and is woken once") {
  LogStore store;
  store.Append("apid", "a\nb\nc\n");
  int woken = 0;
  const std::unique_ptr<LogReader> reader = Follow(store, "apid", 2, woken);
  CHECK(reader->Next(100) == "b\nc\n");
  CHECK(reader->Next(100).empty());
  store.Append("apid", "incompl");
  CHECK(woken == 0);
  store.Append("apid", "ete\n");
  store.Append("apid", "more\n");
  store.Append("udevd", "not yours\n");
  CHECK(woken == 1);
  CHECK(reader->Next(7) == "incompl");
  CHECK(reader->Next(100) == "ete\nmore\n");
}

TEST_CASE("log store: a slow reader loses lines and is told") {
  LogStore store({.log_bytes = 20 << 10});
  int woken = 0;
  store.Append("apid", "first\n");
  const std::unique_ptr<LogReader> reader = Follow(store, "apid", std::nullopt, woken);
  CHECK(reader->Next(3) == "fir");
  for (int i = 0; i < 1000; ++i) {
    store.Append("apid", "0123456789012345678901234567890\n");
  }
  const std::string told = reader->Next(100);
  CHECK(told.starts_with("\n["));
  CHECK(told.ends_with(" bytes were lost: the reader was too slow]\n"));
  CHECK(reader->Next(32) == "0123456789012345678901234567890\n");
}

TEST_CASE("log store: there is no log of a stranger, but one of a silent service") {
  LogStore store;
  CHECK_THAT(LogReader::Create(store, "x", std::nullopt, [] {}),
             StatusIs(absl::StatusCode::kNotFound, "log \"x\" was not registered"));
  store.Declare("x");
  store.Declare("a");
  int woken = 0;
  CHECK(Follow(store, "x", 5, woken)->Next(100).empty());
  CHECK(store.Ids() == std::vector<std::string>{"a", "x"});
}

TEST_CASE("log store: all logs together are bounded; the largest gives way") {
  LogStore store({.log_bytes = 64 << 10, .total_bytes = 80 << 10});
  const std::string line(1023, 'x');
  for (int i = 0; i < 60; ++i) {
    store.Append("large", line + "\n");
  }
  for (int i = 0; i < 30; ++i) {
    store.Append("small", line + "\n");
  }
  CHECK(store.size() <= 80 << 10);
  int woken = 0;
  CHECK(Follow(store, "small", std::nullopt, woken)->Next(1 << 20).size() == 30 << 10);
}

TEST_CASE("log store: the last words of a writer that is gone are a line") {
  LogStore store;
  store.Append("apid", "dying");
  int woken = 0;
  const std::unique_ptr<LogReader> reader = Follow(store, "apid", std::nullopt, woken);
  CHECK(reader->Next(100).empty());
  store.EndLine("apid");
  CHECK(woken == 1);
  CHECK(reader->Next(100) == "dying\n");
}

}  // namespace ichor::log
