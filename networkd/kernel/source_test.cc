#include "networkd/kernel/source.h"

#include <map>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_netlink.h"
#include "lib/sys/fake_uevents.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::networkd {
namespace {

using base::IsOk;

struct Kernel {
  explicit Kernel(bool wait_for_names)
      : source({.loop = *t.loop,
                .runtime = t.runtime,
                .netlink = netlink,
                .clock = t.clock,
                .uevents = wait_for_names ? &uevents : nullptr,
                .on_names = [this](const auto& all) { names = all; }}) {
    netlink.links = {{.index = 1, .name = "lo", .type = 772},
                     {.index = 2, .name = "eth0", .bus_path = "0000:00:02.0", .named = false}};
    REQUIRE_THAT(source.Start(), IsOk());
    t.Settle();
  }

  std::string Links() {
    std::string names;
    for (const auto& row : t.runtime.Read<network::LinkStatus>()) {
      names += row.id() + " ";
    }
    return names;
  }

  void Refresh() {
    REQUIRE_THAT(source.Refresh(), IsOk());
    t.Advance(std::chrono::milliseconds(20));
  }

  TestRuntime t;
  sys::FakeNetlink netlink;
  sys::FakeUevents uevents;
  std::map<std::uint32_t, std::string> names;
  KernelSource source;
};

}  // namespace

TEST_CASE("kernel source: a link that udevd has not named is there all the same") {
  Kernel kernel(false);
  CHECK(kernel.Links() == "eth0 lo ");
  kernel.netlink.links[1].name = "enp0s2";
  kernel.netlink.links[1].named = true;
  kernel.Refresh();
  CHECK(kernel.Links() == "enp0s2 lo ");
  CHECK(kernel.names.at(2) == "enp0s2");
}

TEST_CASE("kernel source: who goes by names waits for udevd's") {
  Kernel kernel(true);
  CHECK(kernel.Links() == "lo ");
  kernel.netlink.links[1].name = "enp0s2";
  kernel.netlink.links[1].named = true;
  kernel.Refresh();
  CHECK(kernel.Links() == "enp0s2 lo ");
}

TEST_CASE("kernel source: when all devices are settled, no name is waited for any more") {
  Kernel kernel(true);
  runtime::DevicesStatus::Spec settled;
  settled.set_ready(true);
  kernel.t.runtime.Publish<runtime::DevicesStatus>("test", {{"devices", settled}});
  kernel.t.Settle();
  kernel.Refresh();
  CHECK(kernel.Links() == "eth0 lo ");
}

}  // namespace ichor::networkd
