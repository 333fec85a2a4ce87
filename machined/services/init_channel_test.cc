#include "machined/services/init_channel.h"

#include <sys/socket.h>

#include <array>
#include <csignal>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/unix_socket.h"
#include "machined/init/messages.h"
#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

using init::Type;
using services::ProcessStatus;

struct Heard : InitListener {
  void OnLog(std::string_view id, std::string_view bytes) override {
    logs.push_back(std::string(id) + ": " + std::string(bytes));
  }
  void OnLogLost(std::string_view id, std::uint64_t bytes) override {
    logs.push_back(std::string(id) + " lost " + std::to_string(bytes));
  }
  void OnCrash(const CrashRecord& crash) override { crashes.push_back(crash); }
  void OnPower(init::PowerCause cause) override { causes.push_back(cause); }
  void OnWatchdog(const WatchdogState& state) override { watchdogs.push_back(state); }

  std::vector<std::string> logs;
  std::vector<CrashRecord> crashes;
  std::vector<init::PowerCause> causes;
  std::vector<WatchdogState> watchdogs;
};

// A channel, and init's end of the pair.
struct Pair {
  Pair() {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
    REQUIRE_THAT(sys::SetNonBlocking(ends[1]), base::IsOk());
    init_end.Reset(ends[1]);
    absl::StatusOr<std::unique_ptr<InitChannel>> made =
        InitChannel::Create(*t.loop, base::UniqueFd(ends[0]), table, t.clock, heard);
    REQUIRE_THAT(made, base::IsOk());
    channel = *std::move(made);
    for (const Type type : {Type::kAlive, Type::kList, Type::kCrashes}) {
      CHECK(Request() == type);
    }
  }

  // The type of the next request, which `last` holds then.
  std::optional<Type> Request() {
    last.resize(init::kMaxMessage);
    const ssize_t size = recv(init_end.get(), last.data(), last.size(), 0);
    last.resize(size < 0 ? 0 : static_cast<size_t>(size));
    return init::TypeOf(std::as_bytes(std::span(last)));
  }

  template <class T>
  void Tell(const T& event, const std::string& tail = "") {
    std::string bytes = init::Pack(event) + tail;
    const auto size = static_cast<std::uint32_t>(bytes.size());
    bytes.replace(offsetof(init::Header, size), sizeof(size),
                  std::string(reinterpret_cast<const char*>(&size), sizeof(size)));
    REQUIRE(send(init_end.get(), bytes.data(), bytes.size(), 0) ==
            static_cast<ssize_t>(bytes.size()));
    t.loop->poller().Wait(std::chrono::nanoseconds(0));
    t.Advance(std::chrono::milliseconds(20));
  }

  template <class T>
  static T About(Type type, const std::string& id) {
    T event = init::Make<T>(type);
    init::SetText(event.id, id);
    return event;
  }

  ProcessStatus::Spec StatusOf(const std::string& id) {
    const auto rows = t.runtime.Read<ProcessStatus>();
    REQUIRE(rows.find(id) != rows.end());
    return rows.find(id)->spec();
  }

  TestRuntime t;
  Heard heard;
  ProcessTable table{*t.loop, t.runtime, t.clock};
  base::UniqueFd init_end;
  std::unique_ptr<InitChannel> channel;
  std::string last;
};

}  // namespace

TEST_CASE("init channel: a process is asked for as init understands it") {
  Pair pair;
  const services::ProcessSpec::Spec process = Text(
      "parameters { arguments: '/usr/bin/networkd' arguments: '--test' uid: 52 gid: 52 "
      "capabilities: 'CAP_NET_ADMIN' cgroup: 'system/networkd' oom_score_adj: -998 }");
  REQUIRE_THAT(pair.channel->Start("networkd", process), base::IsOk());
  REQUIRE(pair.Request() == Type::kStart);
  init::StartView view;
  REQUIRE(init::ParseStart(std::as_bytes(std::span(pair.last)), view));
  CHECK(view.id == "networkd");
  CHECK(std::string_view(view.path) == "/usr/bin/networkd");
  CHECK(std::string_view(view.argv[0]) == "networkd");
  CHECK(std::string_view(view.argv[1]) == "--test");
  CHECK(view.cgroup == "system/networkd");
  CHECK(view.fixed.uid == 52);
  CHECK(view.fixed.capabilities == 1U << 12U);
  CHECK(view.fixed.oom_score_adj == -998);
  CHECK(view.fixed.fingerprint == FingerprintOf(process));
}

TEST_CASE("init channel: a capability that there is not is refused by name") {
  Pair pair;
  const services::ProcessSpec::Spec process =
      Text("parameters { arguments: '/usr/bin/x' capabilities: 'CAP_FLY' }");
  CHECK_THAT(pair.channel->Start("x", process),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "capabilities: \"CAP_FLY\": expected a name of capabilities(7)"));
}

TEST_CASE("init channel: the table follows what init says, from the end of its list on") {
  Pair pair;
  auto running = Pair::About<init::Process>(Type::kProcess, "apid");
  running.pid = 7;
  running.state = init::ProcessState::kRunning;
  running.fingerprint = 42;
  pair.Tell(running);
  CHECK(pair.t.runtime.Read<ProcessStatus>().empty());
  pair.Tell(init::Make<init::Plain>(Type::kListEnd));
  CHECK(pair.StatusOf("apid").pid() == 7);
  CHECK(pair.StatusOf("apid").fingerprint() == 42);

  auto exited = Pair::About<init::Exited>(Type::kExited, "apid");
  exited.pid = 7;
  exited.wait_status = SIGKILL;
  pair.Tell(exited);
  CHECK(pair.StatusOf("apid").pid() == 0);
  CHECK(pair.StatusOf("apid").ended() == "killed by signal 9 (Killed)");

  auto refused = Pair::About<init::Refused>(Type::kRefused, "trustd");
  refused.stage = init::Stage::kExec;
  refused.error = ENOENT;
  pair.Tell(refused);
  CHECK(pair.StatusOf("trustd").ended() == "exec: No such file or directory");
}

TEST_CASE("init channel: that a process starts already is no failure to start it") {
  Pair pair;
  pair.Tell(init::Make<init::Plain>(Type::kListEnd));
  auto refused = Pair::About<init::Refused>(Type::kRefused, "apid");
  refused.stage = init::Stage::kRequest;
  refused.error = EEXIST;
  pair.Tell(refused);
  CHECK(pair.t.runtime.Read<ProcessStatus>().empty());
}

TEST_CASE("init channel: what does not end when told to is killed with its cgroup") {
  Pair pair;
  auto started = Pair::About<init::Started>(Type::kStarted, "cri");
  started.pid = 9;
  pair.Tell(started);
  REQUIRE_THAT(pair.channel->Stop("cri"), base::IsOk());
  REQUIRE(pair.Request() == Type::kSignal);
  CHECK(init::Fixed<init::Signal>(std::as_bytes(std::span(pair.last))).signal == SIGTERM);
  pair.t.Advance(InitChannel::kGrace);
  REQUIRE(pair.Request() == Type::kSignal);
  const auto kill = init::Fixed<init::Signal>(std::as_bytes(std::span(pair.last)));
  CHECK(kill.signal == SIGKILL);
  CHECK(kill.target == init::SignalTarget::kWholeCgroup);
}

TEST_CASE("init channel: logs, crashes and power requests are passed on") {
  Pair pair;
  pair.Tell(Pair::About<init::Log>(Type::kLog, "apid"), "hello\n");
  auto lost = Pair::About<init::LogLost>(Type::kLogLost, "apid");
  lost.bytes = 5;
  pair.Tell(lost);
  CHECK(pair.heard.logs == std::vector<std::string>{"apid: hello\n", "apid lost 5"});

  auto crash = Pair::About<init::Crash>(Type::kCrash, "machined");
  crash.number = 3;
  crash.wait_status = SIGSEGV;
  pair.Tell(crash, "the end");
  REQUIRE(pair.heard.crashes.size() == 1);
  CHECK(pair.heard.crashes.front().id == "machined");
  CHECK(pair.heard.crashes.front().log == "the end");

  auto power = init::Make<init::Power>(Type::kPower);
  power.cause = init::PowerCause::kPowerButton;
  pair.Tell(power);
  CHECK(pair.heard.causes == std::vector{init::PowerCause::kPowerButton});
}

TEST_CASE("init channel: the watchdog is set, and what came of it is heard") {
  Pair pair;
  REQUIRE_THAT(pair.channel->SetWatchdog("/dev/watchdog1", std::chrono::seconds(60)), base::IsOk());
  REQUIRE(pair.Request() == Type::kWatchdog);
  auto request = init::Fixed<init::Watchdog>(std::as_bytes(std::span(pair.last)));
  CHECK(init::Text(request.device) == "/dev/watchdog1");
  CHECK(request.enable == 1);
  CHECK(request.timeout_s == 60);
  CHECK(request.feed_interval_s == 20);
  REQUIRE_THAT(pair.channel->SetWatchdog("", std::chrono::seconds(0)), base::IsOk());
  REQUIRE(pair.Request() == Type::kWatchdog);
  request = init::Fixed<init::Watchdog>(std::as_bytes(std::span(pair.last)));
  CHECK(request.enable == 0);
  CHECK_THAT(pair.channel->SetWatchdog(std::string(64, 'x'), std::chrono::seconds(60)),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "the path of the watchdog is too long: " + std::string(64, 'x')));

  auto state = init::Make<init::WatchdogState>(Type::kWatchdogState);
  init::SetText(state.device, "/dev/watchdog1");
  state.armed = 1;
  state.timeout_s = 60;
  state.error = ENODEV;
  pair.Tell(state);
  REQUIRE(pair.heard.watchdogs.size() == 1);
  CHECK(pair.heard.watchdogs[0].device == "/dev/watchdog1");
  CHECK(pair.heard.watchdogs[0].timeout == std::chrono::seconds(60));
  CHECK_THAT(pair.heard.watchdogs[0].error,
             base::StatusIs(absl::StatusCode::kNotFound, "watchdog: No such device"));
}

}  // namespace ichor
