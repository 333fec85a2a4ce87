#include "machined/init/process_table.h"

#include <cerrno>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {
namespace {

Entry* Run(ProcessTable& table, const std::string& id, pid_t pid) {
  Entry* entry = table.Take(id);
  if (entry == nullptr) return nullptr;
  entry->pid = pid;
  entry->state = ProcessState::kRunning;
  return entry;
}

void End(Entry& entry, std::int64_t when) {
  entry.pid = 0;
  entry.state = ProcessState::kExited;
  entry.ended.boottime_ns = when;
}

}  // namespace

TEST_CASE("init processes: an id runs once, and keeps its place when it is started again") {
  const auto table = std::make_unique<ProcessTable>();
  Entry* apid = Run(*table, "apid", 10);
  REQUIRE(apid != nullptr);
  CHECK(table->Find("apid") == apid);
  CHECK(table->FindPid(10) == apid);
  CHECK(table->Take("apid") == nullptr);
  CHECK(errno == EEXIST);
  End(*apid, 5);
  CHECK(table->FindPid(10) == nullptr);
  CHECK(table->FindPid(0) == nullptr);
  CHECK(Run(*table, "apid", 11) == apid);
}

TEST_CASE("init processes: when all places are taken, what ended first and was told makes room") {
  const auto table = std::make_unique<ProcessTable>();
  for (std::size_t i = 0; i < kMaxProcesses; ++i) {
    REQUIRE(Run(*table, "p" + std::to_string(i), static_cast<pid_t>(100 + i)) != nullptr);
  }
  CHECK(table->Take("more") == nullptr);
  CHECK(errno == ENOSPC);
  End(*table->Find("p7"), 20);
  End(*table->Find("p3"), 10);
  End(*table->Find("p1"), 1);
  table->Find("p1")->tell_exited = true;
  REQUIRE(Run(*table, "more", 99) != nullptr);
  CHECK(table->Find("p3") == nullptr);
  CHECK(table->Find("p7") != nullptr);
  CHECK(table->Find("p1") != nullptr);
}

TEST_CASE("init processes: a new machined is told nothing twice but what is left of the logs") {
  const auto table = std::make_unique<ProcessTable>();
  Entry* apid = Run(*table, "apid", 10);
  apid->tell_started = true;
  const std::string line = "line\n";
  apid->log.Append(std::as_bytes(std::span(line)));
  apid->log.Told(5);
  table->ForgetTelling();
  CHECK_FALSE(apid->tell_started);
  CHECK(apid->log.Untold(100).size() == 5);
}

}  // namespace ichor::init
