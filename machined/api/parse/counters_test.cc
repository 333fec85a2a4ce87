#include "machined/api/parse/counters.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::api::parse {

TEST_CASE("diskstats: a disk per line, and their sum") {
  const machine::DiskStats stats = DiskStatsOf(
      "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
      " 254       0 vda 100 2 3000 40 500 6 7000 80 9 10 11 12 13 14 15 16 17\n"
      " 254       1 vda1 1 1 1 1 1 1 1 1 1 1 1\n"
      " 254       2 cut 1 1\n");
  REQUIRE(stats.devices_size() == 3);
  CHECK(stats.devices(1).name() == "vda");
  CHECK(stats.devices(1).read_completed() == 100);
  CHECK(stats.devices(1).write_time_ms() == 80);
  CHECK(stats.devices(1).io_time_weighted_ms() == 11);
  CHECK(stats.devices(1).discard_time_ms() == 15);
  CHECK(stats.devices(2).discard_completed() == 0);
  CHECK(stats.total().read_completed() == 101);
  CHECK(stats.total().name().empty());
}

TEST_CASE("net/dev: a device per line after the heading, and their sum") {
  const machine::NetworkDeviceStats stats = NetworkStatsOf(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
      "drop "
      "fifo colls carrier compressed\n"
      "    lo:    6762      65    0    0    0     0          0         0     6762      65    0    "
      "0 "
      "   0     0       0          0\n"
      "  a:b:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
      "  cut:1 2\n");
  REQUIRE(stats.devices_size() == 2);
  CHECK(stats.devices(0).name() == "lo");
  CHECK(stats.devices(0).rx_bytes() == 6762);
  CHECK(stats.devices(1).name() == "a:b");
  CHECK(stats.devices(1).rx_multicast() == 8);
  CHECK(stats.devices(1).tx_bytes() == 9);
  CHECK(stats.devices(1).tx_compressed() == 16);
  CHECK(stats.total().tx_packets() == 75);
}

}  // namespace ichor::api::parse
