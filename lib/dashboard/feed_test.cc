#include "lib/dashboard/feed.h"

#include <algorithm>
#include <chrono>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "lib/dashboard/test_machine.h"

namespace ichor::dashboard {
namespace {

using std::chrono::seconds;

// A machine with a hostname, a log and memory, and what a feed makes of it.
struct Fixture {
  Fixture() {
    network::HostnameStatus::Spec hostname;
    hostname.set_hostname("n1");
    machine.AddRow(std::string(network::HostnameStatus::kType), "hostname", hostname);
    common::Data line;
    line.set_bytes("kern: one\n");
    machine.Answer("Dmesg", line, true);
    line.set_bytes("apid: one\n");
    machine.Answer("Logs", line, true);
    machine::MemoryResponse memory;
    memory.add_messages()->mutable_meminfo()->set_memtotal(1024);
    machine.Answer("Memory", memory, false);
    machine.Answer("Processes", machine::ProcessesResponse(), false);
    client = machine.Connect();
  }

  std::ptrdiff_t CountOf(const std::string& method) const {
    return std::ranges::count(machine.calls, method);
  }

  TestMachine machine;
  Model model;
  std::unique_ptr<rpc::Client> client;
  int changes = 0;
  int unavailable = 0;
  Feed feed{
      *machine.loop, machine.clock, model, {.on_unavailable = [this] { ++unavailable; }}, [this] {
        ++changes;
      }};
};

}  // namespace

TEST_CASE("feed: rows, the kernel's log and figures come by themselves") {
  Fixture f;
  f.feed.Begin(*f.client);
  f.machine.Turn();
  CHECK(f.model.hostnames.at("hostname").hostname() == "n1");
  CHECK(f.model.logs.at("dmesg").lines.front() == "kern: one");
  CHECK(f.model.figures.memory_bytes == 1 << 20);
  CHECK(f.changes > 0);
  CHECK(f.unavailable == 0);  // methods that are not there are left out
}

TEST_CASE("feed: figures are asked for often only while somebody looks at them") {
  Fixture f;
  f.feed.Begin(*f.client);
  f.machine.Turn();
  f.machine.Advance(seconds(59));
  CHECK(f.CountOf("Memory") == 1);
  CHECK(f.CountOf("Processes") == 0);
  f.feed.WantFigures(true);
  f.machine.Turn();
  CHECK(f.CountOf("Memory") == 2);
  CHECK(f.CountOf("Processes") == 1);
  f.machine.Advance(seconds(3));
  CHECK(f.CountOf("Processes") == 2);
  f.feed.WantFigures(false);
  f.machine.Advance(seconds(3));
  CHECK(f.CountOf("Processes") == 2);
}

TEST_CASE("feed: the log of a service is followed once it is looked at, also anew") {
  Fixture f;
  f.feed.Begin(*f.client);
  f.feed.FollowLog("apid");
  f.feed.FollowLog("apid");
  f.feed.FollowLog("dmesg");
  f.machine.Turn();
  CHECK(f.model.logs.at("apid").lines.front() == "apid: one");
  CHECK(f.CountOf("Logs") == 1);
  f.feed.Begin(*f.client);
  f.machine.Turn();
  CHECK(f.CountOf("Logs") == 2);
  CHECK(f.model.logs.at("apid").lines.size() == 1);
}

TEST_CASE("feed: a machine that is gone is told, and what was known stays") {
  Fixture f;
  f.feed.Begin(*f.client);
  f.machine.Turn();
  f.machine.Stop();
  f.machine.Turn();
  CHECK(f.unavailable > 0);
  CHECK(f.model.error == "the connection broke");
  CHECK(f.model.hostnames.size() == 1);
  f.feed.Stop("why not");
  CHECK(f.model.error == "why not");
}

}  // namespace ichor::dashboard
