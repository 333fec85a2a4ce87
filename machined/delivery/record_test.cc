#include "machined/delivery/record.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

const base::WallTime kTime{std::chrono::seconds(1767225601)};

}  // namespace

TEST_CASE("log record: a line of a service, with the tags of its destination") {
  CHECK(ServiceRecord("apid", "ready", kTime, {}) ==
        R"({"msg":"ready","talos-level":"info","talos-service":"apid",)"
        R"("talos-time":"2026-01-01T00:00:01Z"})"
        "\n");
  CHECK(ServiceRecord("apid", "error: a \"b\"\\\t\xff", kTime, {{"rack", "7"}, {"msg", "no"}}) ==
        R"({"msg":"error: a \"b\"\\\u0009)"
        "\xef\xbf\xbd"
        R"(","rack":"7","talos-level":"error","talos-service":"apid",)"
        R"("talos-time":"2026-01-01T00:00:01Z"})"
        "\n");
  CHECK(ServiceRecord("a", "warning: x", kTime, {}).find(R"("talos-level":"warn")") !=
        std::string::npos);
}

TEST_CASE("log record: a record of the kernel") {
  const auto record = log::ParseKmsg("12,711,6252819,-;eth0: link up\n SUBSYSTEM=net\n");
  REQUIRE_THAT(record, base::IsOk());
  CHECK(
      KernelRecord(*record, kTime, {}) ==
      R"({"clock":6252819,"facility":"user","msg":"eth0: link up","priority":"warning","seq":711,)"
      R"("talos-level":"warn","talos-time":"2026-01-01T00:00:07.252819Z"})"
      "\n");
}

}  // namespace ichor
