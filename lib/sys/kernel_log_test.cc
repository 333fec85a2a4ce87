// One contract for the fake and for Linux.
#include "lib/sys/kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/unique_fd.h"
#include "lib/sys/fake_kernel_log.h"
#include "lib/sys/linux_kernel_log.h"

namespace ichor::sys {
namespace {

struct FakeLog {
  FakeLog() { log.Add("6,1,1,-;earlier\n"); }
  static bool usable() { return true; }
  void Write(const std::string& text) { log.Add("12,2,2,-;" + text + "\n"); }
  FakeKernelLog log;
};

struct LinuxLog {
  static bool usable() { return access("/dev/kmsg", R_OK | W_OK) == 0; }
  static void Write(const std::string& text) {
    const base::UniqueFd fd(open("/dev/kmsg", O_WRONLY | O_CLOEXEC));
    CHECK(write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  LinuxKernelLog log;
};

// Whether one of the next records has `text`.
bool Finds(KernelLogReader& reader, const std::string& text) {
  while (true) {
    const auto record = reader.Next();
    REQUIRE(record.ok());
    if (!record->has_value()) {
      return false;
    }
    if (record->value().contains(text)) {
      return true;
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("kernel log: all there is, or only what comes", "[kernel]", FakeLog, LinuxLog) {
  if (!TestType::usable()) {
    SKIP("no /dev/kmsg for us");
  }
  TestType t;
  const auto all = t.log.Open(false);
  const auto fresh = t.log.Open(true);
  REQUIRE(all.ok());
  REQUIRE(fresh.ok());
  CHECK((*all)->Next()->has_value());
  CHECK_FALSE(Finds(**fresh, "ichor test line"));
  t.Write("ichor test line");
  CHECK(Finds(**all, "ichor test line"));
  CHECK(Finds(**fresh, "ichor test line"));
  CHECK_FALSE(Finds(**fresh, "ichor test line"));
}

}  // namespace ichor::sys
