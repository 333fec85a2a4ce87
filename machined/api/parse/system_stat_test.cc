#include "machined/api/parse/system_stat.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::api::parse {

TEST_CASE("stat: times in seconds, counters as they are") {
  const machine::SystemStat stat = SystemStatOf(
      "cpu  1253857 606427 130251 701784 6997 0 1821 2133 0 0\n"
      "cpu0 604455 311057 59592 374248 806 0 128 1025 0 0\n"
      "cpu1 649402 295369 70658 327536 6191 0 1693 1107 0 0\n"
      "intr 15338834 0 25 1\n"
      "ctxt 39455735\n"
      "btime 1795249918\n"
      "processes 201397\n"
      "procs_running 7\n"
      "procs_blocked 2\n"
      "softirq 4995621 0 609207 6 89314 1921371 0 1682 730400 2 1643639\n");
  CHECK(stat.cpu_total().user() == 12538.57);
  REQUIRE(stat.cpu_size() == 2);
  CHECK(stat.cpu(1).iowait() == 61.91);
  CHECK(stat.irq_total() == 15'338'834);
  REQUIRE(stat.irq_size() == 3);
  CHECK(stat.irq(1) == 25);
  CHECK(stat.context_switches() == 39'455'735);
  CHECK(stat.boot_time() == 1'795'249'918);
  CHECK(stat.process_created() == 201'397);
  CHECK(stat.process_running() == 7);
  CHECK(stat.process_blocked() == 2);
  CHECK(stat.soft_irq_total() == 4'995'621);
  CHECK(stat.soft_irq().timer() == 609'207);
  CHECK(stat.soft_irq().rcu() == 1'643'639);
}

TEST_CASE("stat: what is missing is zero, what is new is left out") {
  const machine::SystemStat stat = SystemStatOf(
      "cpu\ncpu 1 2 3 4 5 6 7 8 9 10 11 12\nintr\nsoftirq 1 2 3 4 5 6 7 8 9 10 11 12 13\nnew 1\n");
  CHECK(stat.cpu_total().guest_nice() == 0.10);
  CHECK(stat.irq_total() == 0);
  CHECK(stat.soft_irq().rcu() == 11);
}

}  // namespace ichor::api::parse
