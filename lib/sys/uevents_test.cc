#include "lib/sys/uevents.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_uevents.h"
#include "lib/sys/linux_uevents.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;
using std::string_literals::operator""s;

std::string Number(std::uint32_t number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// A datagram as udevd sends it, with properties from `offset` on.
std::string FromUdevd(const std::string& properties, std::uint32_t length) {
  return std::string("libudev\0\xfe\xed\xca\xfe", 12) + Number(40) + Number(40) + Number(length) +
         std::string(16, '\0') + properties;
}

}  // namespace

TEST_CASE("uevent: the kernel's datagram is read") {
  const std::string datagram =
      "change@/devices/x/block/sr0\0ACTION=change\0DEVPATH=/devices/x/block/sr0\0"
      "SUBSYSTEM=block\0DISK_MEDIA_CHANGE=1\0EMPTY=\0noise\0"s;
  const auto event = ParseUevent(datagram);
  REQUIRE_THAT(event, IsOk());
  CHECK(event->origin == Uevent::Origin::kKernel);
  CHECK(event->action == "change");
  CHECK(event->devpath == "/devices/x/block/sr0");
  CHECK(event->subsystem == "block");
  CHECK(event->properties.find("DISK_MEDIA_CHANGE")->second == "1");
  CHECK(event->properties.find("EMPTY")->second.empty());
}

TEST_CASE("uevent: udevd's datagram is read, and refused if it is cut off") {
  const std::string properties = "ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=block\0"s;
  const auto event =
      ParseUevent(FromUdevd(properties, static_cast<std::uint32_t>(properties.size())));
  REQUIRE_THAT(event, IsOk());
  CHECK(event->origin == Uevent::Origin::kUdev);
  CHECK(event->action == "add");
  CHECK_THAT(
      ParseUevent(FromUdevd(properties, static_cast<std::uint32_t>(properties.size() + 1))),
      StatusIs(absl::StatusCode::kInvalidArgument, "uevent: udevd's properties are cut off"));
  CHECK_THAT(ParseUevent(FromUdevd("", 0).substr(0, 20)),
             StatusIs(absl::StatusCode::kInvalidArgument, "uevent: udevd's header is cut off"));
}

TEST_CASE("uevent: bytes that say nothing are refused") {
  CHECK_THAT(ParseUevent(""),
             StatusIs(absl::StatusCode::kInvalidArgument, "uevent: no ACTION or no DEVPATH"));
  CHECK_THAT(ParseUevent("ACTION=add"),
             StatusIs(absl::StatusCode::kInvalidArgument, "uevent: no ACTION or no DEVPATH"));
}

TEST_CASE("uevents: a lost event is said once, then the rest comes") {
  FakeUevents uevents;
  uevents.Send({.action = "add", .devpath = "/a", .subsystem = "block", .properties = {}});
  uevents.Lose();
  uevents.Send({.action = "add", .devpath = "/b", .subsystem = "block", .properties = {}});
  CHECK_THAT(uevents.Drain(),
             StatusIs(absl::StatusCode::kResourceExhausted, "uevents: some were lost"));
  const auto events = uevents.Drain();
  REQUIRE_THAT(events, IsOk());
  REQUIRE(events->size() == 1);
  CHECK(events->front().devpath == "/b");
}

TEST_CASE("uevents: the kernel's arrive", "[kernel]") {
  const auto uevents = LinuxUevents::Create();
  REQUIRE_THAT(uevents, IsOk());
  const auto nothing = (*uevents)->Drain();
  REQUIRE_THAT(nothing, IsOk());
  CHECK((*uevents)->Descriptor() >= 0);
  std::ofstream trigger("/sys/class/mem/null/uevent");
  if (!(trigger << "change" << std::flush)) {
    SKIP("the kernel's devices are not ours to trigger here");
  }
  const auto events = (*uevents)->Drain();
  REQUIRE_THAT(events, IsOk());
  REQUIRE(!events->empty());
  CHECK(events->front().devpath == "/devices/virtual/mem/null");
}

}  // namespace ichor::sys
