#include "machined/api/caller.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/sys/fake_file_view.h"

namespace ichor::api {
namespace {

constexpr const char* kHeading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n";

// 10.0.0.5:50000 from 10.0.0.9:4711, on a socket of IPv6; and fd00::5 from fd00::9.
std::string Table6() {
  const std::string rest = " 01 00000000:00000000 00:00000000 00000000    50        0 1 1 p 20\n";
  return std::string(kHeading) +
         "   0: 0000000000000000FFFF00000500000A:C350 0000000000000000FFFF00000900000A:1267" +
         rest +
         "   1: 000000FD000000000000000005000000:C350 000000FD000000000000000009000000:1267" + rest;
}

}  // namespace

TEST_CASE("caller: both ends of the connection of the client that apid names") {
  sys::FakeFileView files;
  files.AddFile("/proc/net/tcp6", Table6());
  const Caller v4 = CallerOf({{"ichor-peer", "10.0.0.9:4711"}}, files);
  CHECK(v4.node == "10.0.0.5");
  CHECK(v4.client == "10.0.0.9");
  const Caller v6 = CallerOf({{"ichor-peer", "[fd00::9]:4711"}}, files);
  CHECK(v6.node == "fd00::5");
  CHECK(v6.client == "fd00::9");
  CHECK(CallerOf({{"ichor-peer", "10.0.0.9:4712"}}, files).node.empty());
  CHECK(CallerOf({{"other", "10.0.0.9:4711"}}, files).node.empty());
  sys::FakeFileView nothing;
  CHECK(CallerOf({{"ichor-peer", "10.0.0.9:4711"}}, nothing).node.empty());
}

}  // namespace ichor::api
