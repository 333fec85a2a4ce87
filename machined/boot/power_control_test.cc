#include "machined/boot/power_control.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "ichor/service.resources.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

using boot::PowerRequest;
using services::ProcessStatus;
using Action = PowerControl::Action;

class Memory {
 public:
  Memory() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~Memory() { std::filesystem::remove_all(path_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  std::string file() const { return path_ + "/power"; }

 private:
  std::string path_ = "/tmp/power-XXXXXX";
};

struct Machine {
  explicit Machine(const Memory& memory) : file(memory.file()) {}

  void Settle() {
    t.Advance(std::chrono::milliseconds(20));
    control.OnSettled();
  }

  TestRuntime t;
  std::string file;
  bool taken = true;
  std::vector<Action> orders;
  PowerControl control{*t.loop, t.runtime, t.clock, file,
                       [this](const PowerRequest::Spec& request) {
                         orders.push_back(request.action());
                         return taken;
                       }};
};

}  // namespace

TEST_CASE("power: the machine goes down once, when the last service has ended") {
  const Memory memory;
  Machine m(memory);
  m.control.Begin(true);
  m.t.runtime.Publish<ProcessStatus>("init",
                                     {{"apid", Text("pid: 7")}, {"machined", Text("pid: 2")}});
  m.Settle();
  m.control.Request(Text("action: POWER_OFF actor_id: 'actor'"));
  m.Settle();
  CHECK(m.orders.empty());
  CHECK(m.t.runtime.Read<PowerRequest>().front().spec().actor_id() == "actor");

  m.t.runtime.Publish<ProcessStatus>("init", {{"apid", {}}, {"machined", Text("pid: 2")}});
  m.Settle();
  CHECK(m.orders == std::vector<Action>{PowerRequest::Spec::POWER_OFF});
  m.t.Advance(PowerControl::kPatience);
  CHECK(m.orders.size() == 1);
}

TEST_CASE("power: a request outlives the machined that took it") {
  const Memory memory;
  Machine before(memory);
  before.control.Begin(true);
  before.control.Request(Text("action: POWER_OFF actor_id: 'actor'"));  // and dies

  Machine m(memory);
  m.control.Begin(true);
  m.t.runtime.Publish<ProcessStatus>("init", {{"apid", Text("pid: 7")}});
  m.Settle();
  REQUIRE(m.t.runtime.Read<PowerRequest>().size() == 1);
  CHECK(m.t.runtime.Read<PowerRequest>().front().spec().actor_id() == "actor");
  CHECK(m.orders.empty());
  m.t.runtime.Publish<ProcessStatus>("init", {});
  m.Settle();
  CHECK(m.orders == std::vector<Action>{PowerRequest::Spec::POWER_OFF});
}

TEST_CASE("power: a machined that begins anew on purpose does not go on with what was asked") {
  const Memory memory;
  Machine before(memory);
  before.control.Begin(true);
  before.control.Request(Text("action: RESTART"));

  Machine m(memory);
  m.control.Begin(false);
  m.Settle();
  CHECK(m.t.runtime.Read<PowerRequest>().empty());
}

TEST_CASE("power: a service that does not end is waited for so long and no longer") {
  const Memory memory;
  Machine m(memory);
  m.control.Begin(true);
  m.t.runtime.Publish<ProcessStatus>("init", {{"apid", Text("pid: 7")}});
  m.control.Request(Text("action: RESTART actor_id: 'actor'"));
  m.taken = false;
  m.t.Advance(PowerControl::kPatience);
  CHECK(m.orders == std::vector<Action>{PowerRequest::Spec::RESTART});
  m.taken = true;
  m.t.Advance(std::chrono::seconds(1));
  CHECK(m.orders.size() == 2);  // init did not take the first order
  m.t.Advance(std::chrono::seconds(5));
  CHECK(m.orders.size() == 2);
}

}  // namespace ichor
