#include "machined/saved_state.h"

#include <cstdlib>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::machined {
namespace {

using network::HostnameSpec;
using std::chrono_literals::operator""s;

// One machined after the other works in the same directory.
struct Machined {
  explicit Machined(const std::string& directory)
      : saved({.store = t.store,
               .events = events,
               .loop = *t.loop,
               .clock = t.clock,
               .worker = t.executor,
               .directory = directory},
              {TypeRef::Of<HostnameSpec>().kind}) {}

  TestRuntime t;
  events::EventBus events{t.clock};
  SavedState saved;
};

}  // namespace

TEST_CASE("saved state: the next machined has the rows and events of the one before") {
  std::string directory = "/tmp/saved-state-XXXXXX";
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  Machined first(directory);
  CHECK_FALSE(first.saved.Load());
  first.t.runtime.AddSource<HostnameSpec>("test");
  first.t.runtime.Publish<HostnameSpec>("test", {{"hostname", Text("hostname: 'n1'")}});
  first.events.Publish(machine::AddressEvent());
  first.t.Settle();
  first.saved.SaveSoon();
  first.t.Advance(1s);

  Machined second(directory);
  REQUIRE(second.saved.Load());
  const auto rows = second.t.runtime.Read<HostnameSpec>();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().spec().hostname() == "n1");
  CHECK(second.events.end() - second.events.begin() == 1);
  std::filesystem::remove_all(directory);
}

}  // namespace ichor::machined
