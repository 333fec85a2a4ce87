#include "machined/init/protocol.h"

#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "machined/init/messages.h"

namespace ichor::init {
namespace {

Command Apid() {
  return {.id = "apid",
          .path = "/usr/bin/apid",
          .argv = {"apid", "--maintenance", ""},
          .env = {"PATH=/usr/bin"},
          .cgroup = "system/apid",
          .uid = 50,
          .gid = 50,
          .oom_score_adj = -998,
          .nice = -3};
}

std::span<const std::byte> Bytes(const std::string& message) {
  return std::as_bytes(std::span(message));
}

// Apid()'s message after `change` was made to its fixed part.
template <typename Change>
std::string Changed(Change change) {
  std::string message = PackStart(Apid()).value_or("");
  auto start = Fixed<Start>(Bytes(message));
  change(start);
  std::memcpy(message.data(), &start, sizeof(start));
  return message;
}

bool Parses(const std::string& message) {
  StartView view;
  return ParseStart(Bytes(message), view);
}

}  // namespace

TEST_CASE("init protocol: a packed start comes apart as it was") {
  const auto message = PackStart(Apid());
  REQUIRE(message.ok());
  StartView view;
  REQUIRE(ParseStart(Bytes(*message), view));
  CHECK(view.id == "apid");
  CHECK(view.cgroup == "system/apid");
  CHECK(std::string_view(view.path) == "/usr/bin/apid");
  CHECK(std::string_view(view.argv[1]) == "--maintenance");
  CHECK(std::string_view(view.argv[2]).empty());
  CHECK(view.argv[3] == nullptr);
  CHECK(std::string_view(view.env[0]) == "PATH=/usr/bin");
  CHECK(view.env[1] == nullptr);
  CHECK(view.fixed.uid == 50);
  CHECK(view.fixed.nice == -3);
}

TEST_CASE("init protocol: a start cut anywhere is refused, and so is one with more behind it") {
  const std::string message = PackStart(Apid()).value_or("");
  REQUIRE(Parses(message));
  for (std::size_t size = 0; size < message.size(); ++size) {
    std::string cut = message.substr(0, size);
    if (size >= sizeof(Header)) {
      const auto said = static_cast<std::uint32_t>(size);
      std::memcpy(cut.data() + offsetof(Header, size), &said, sizeof(said));
    }
    CHECK_FALSE(Parses(cut));
  }
  std::string longer = message + "x";
  const auto said = static_cast<std::uint32_t>(longer.size());
  std::memcpy(longer.data() + offsetof(Header, size), &said, sizeof(said));
  CHECK_FALSE(Parses(longer));
}

TEST_CASE("init protocol: numbers out of their range are refused") {
  CHECK_FALSE(Parses(Changed([](Start& s) { s.argc = 0; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.argc = 4; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.argc = UINT32_MAX; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.envc = UINT32_MAX; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.oom_score_adj = 1001; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.nice = 20; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.flags = 1U << 20U; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.uid = UINT32_MAX; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.path_size += 1; })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.id.fill('a'); })));
  CHECK_FALSE(Parses(Changed([](Start& s) { s.flags |= kStdioOnTty; })));
}

TEST_CASE("init protocol: a cgroup's path leads down only") {
  const auto path =
      GENERATE("/system", "..", "system/../..", "system//apid", "system/", ".", "a/./b");
  CAPTURE(path);
  CHECK_FALSE(Parses(Changed([&](Start& s) { SetText(s.cgroup, path); })));
  CHECK(Parses(Changed([](Start& s) { SetText(s.cgroup, ""); })));
}

TEST_CASE(
    "init protocol: what init would refuse is not packed, and the message names the process") {
  Command command = Apid();
  command.argv = {std::string("a\0b", 3)};
  CHECK(PackStart(command).status() ==
        absl::InvalidArgumentError("start process \"apid\": a string contains a zero byte"));
  command = Apid();
  command.argv = {std::string(kMaxMessage, 'x')};
  CHECK(PackStart(command).status() ==
        absl::InvalidArgumentError("start process \"apid\": the arguments are too long"));
  command = Apid();
  command.path = "apid";
  CHECK(PackStart(command).status() ==
        absl::InvalidArgumentError(
            "start process \"apid\": a path, a number or a count is out of its range"));
  command.id = "../apid";
  CHECK(PackStart(command).status() ==
        absl::InvalidArgumentError("start process \"../apid\": not an id"));
}

TEST_CASE("init protocol: a message's type needs the right size") {
  auto list = Make<Plain>(Type::kList);
  CHECK(TypeOf(std::as_bytes(std::span(&list, 1))) == Type::kList);
  list.header.size = 15;
  CHECK_FALSE(TypeOf(std::as_bytes(std::span(&list, 1))).has_value());
  list.header = {.type = static_cast<Type>(200), .size = sizeof(Plain)};
  CHECK_FALSE(TypeOf(std::as_bytes(std::span(&list, 1))).has_value());
  CHECK_FALSE(TypeOf({}).has_value());
}

TEST_CASE("init protocol: a log's bytes follow its fixed part") {
  auto log = Make<Log>(Type::kLog);
  log.header.size = sizeof(Log) + 5;
  const std::string message = Pack(log) + "line\n";
  REQUIRE(TypeOf(Bytes(message)) == Type::kLog);
  const auto tail = Tail(Bytes(message));
  CHECK(std::string_view(reinterpret_cast<const char*>(tail.data()), tail.size()) == "line\n");
}

TEST_CASE("init protocol: every stage has a name") {
  for (int stage = 0; stage <= static_cast<int>(Stage::kExec); ++stage) {
    CHECK(StageName(static_cast<Stage>(stage)) != "unknown stage");
  }
}

}  // namespace ichor::init
