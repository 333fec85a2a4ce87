#include "machined/api/parse/sockets.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::api::parse {

using machine::NetstatRequest;

TEST_CASE("sockets: addresses, ports, queues and timers") {
  const auto records = SocketsOf(
      "tcp",
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "1590 1 000000004d753dec 100 0 0 10 0\n"
      "   1: 020200C0:CC92 507100CB:0050 06 00000010:00000002 03:00001060 00000001    50        4 "
      "0 3 00000000d870b3a2\n"
      "   2: cut\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0].l4proto() == "tcp");
  CHECK(records[0].localip() == "0.0.0.0");
  CHECK(records[0].localport() == 2024);
  CHECK(records[0].state() == machine::ConnectRecord::LISTEN);
  CHECK(records[0].inode() == 1590);
  CHECK(records[0].has_process());
  CHECK(records[1].localip() == "192.0.2.2");
  CHECK(records[1].remoteip() == "203.0.113.80");
  CHECK(records[1].remoteport() == 80);
  CHECK(records[1].state() == machine::ConnectRecord::TIME_WAIT);
  CHECK(records[1].txqueue() == 16);
  CHECK(records[1].rxqueue() == 2);
  CHECK(records[1].tr() == machine::ConnectRecord::TIMEWAIT);
  CHECK(records[1].timerwhen() == 0x1060);
  CHECK(records[1].retrnsmt() == 1);
  CHECK(records[1].uid() == 50);
  CHECK(records[1].timeout() == 4);
  CHECK(Passes(records[0], NetstatRequest::LISTENING));
  CHECK_FALSE(Passes(records[1], NetstatRequest::LISTENING));
  CHECK(Passes(records[1], NetstatRequest::CONNECTED));
  CHECK_FALSE(Passes(records[0], NetstatRequest::CONNECTED));
  CHECK(Passes(records[0], NetstatRequest::ALL));
}

TEST_CASE("sockets: IPv6 addresses are four words") {
  const auto records = SocketsOf(
      "tcp6",
      "   0: 0000000000000000FFFF00000100007F:C350 000080FE000000000000000001000000:0016 01 "
      "00000000:00000000 00:00000000 00000000     0        0 12 1 0 20 4 0 10 -1\n");
  REQUIRE(records.size() == 1);
  CHECK(records[0].localport() == 50'000);
  CHECK(records[0].remoteip() == "fe80::1");
}

TEST_CASE("sockets: strange addresses are left out") {
  CHECK(SocketsOf("udp",
                  "0: 0000:1 00000000:0 07 0:0 0:0 0 0 0 1 1 0\n"
                  "0: 0000000g:1 00000000:0 07 0:0 0:0 0 0 0 1 1 0\n"
                  "0: 00000000 00000000:0 07 0:0 0:0 0 0 0 1 1 0\n")
            .empty());
}

}  // namespace ichor::api::parse
