#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "machined/init/init_sandbox.h"
#include "machined/init/messages.h"

namespace ichor::init {
namespace {

std::string Ask(Type type) {
  return Pack(Make<Plain>(type));
}

std::string AskSignal(std::string_view id, int number) {
  auto signal = Make<Signal>(Type::kSignal);
  SetText(signal.id, id);
  signal.signal = static_cast<std::uint32_t>(number);
  return Pack(signal);
}

std::string AskReboot(RebootAction action, std::uint32_t grace_ms) {
  auto reboot = Make<Reboot>(Type::kReboot);
  reboot.action = action;
  reboot.grace_ms = grace_ms;
  return Pack(reboot);
}

// Starts `command` and gives all events up to its end, or refusal.
std::vector<Event> RunToEnd(const TestMachined& machined, const Command& command) {
  const auto message = PackStart(command);
  REQUIRE(message.ok());
  machined.Send(*message);
  std::vector<Event> events;
  do {
    events.push_back(machined.Next());
  } while (!events.back().Is(Type::kExited) && !events.back().Is(Type::kRefused));
  return events;
}

// All log text of a process in the events.
std::string LogOf(const std::vector<Event>& events, std::string_view id) {
  std::string out;
  for (const Event& event : events) {
    if (event.Is(Type::kLog) && Text(event.As<Log>().id) == id) out += event.TailText();
  }
  return out;
}

// Events until the log of a process contains `text`.
std::string LogUntil(const TestMachined& machined, std::string_view id, std::string_view text) {
  std::string log;
  while (log.find(text) == std::string::npos)
    log += LogOf({machined.Next()}, id);
  return log;
}

// machined as it begins: Alive and List; the processes of the list.
std::vector<Process> Resume(const TestMachined& machined) {
  machined.Send(Ask(Type::kAlive));
  machined.Send(Ask(Type::kList));
  std::vector<Process> out;
  for (const Event& event : machined.Until(Type::kListEnd)) {
    if (event.Is(Type::kProcess)) out.push_back(event.As<Process>());
  }
  return out;
}

}  // namespace

TEST_CASE("init: what machined asks for is started, heard and reaped", "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  CHECK(machined.arguments() == "machined");
  const auto processes = Resume(machined);
  REQUIRE(processes.size() == 1);
  CHECK(Text(processes[0].id) == "machined");
  CHECK(processes[0].state == ProcessState::kRunning);

  const auto events = RunToEnd(machined, sandbox.Helper("echo", {"say", "one", "two"}));
  const auto started =
      std::ranges::find_if(events, [](const Event& e) { return e.Is(Type::kStarted); });
  REQUIRE(started != events.end());
  CHECK(LogOf(events, "echo") == "one\ntwo\n");
  const auto exited = events.back().As<Exited>();
  CHECK(Text(exited.id) == "echo");
  CHECK(exited.pid == started->As<Started>().pid);
  CHECK(exited.wait_status == 7 << 8);
  CHECK(exited.time.boottime_ns >= started->As<Started>().time.boottime_ns);
  CHECK(sandbox.Console().find("machined: machined of the test runs") != std::string::npos);
}

TEST_CASE("init: what cannot be started is refused with stage and error", "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  Resume(machined);
  Command command = sandbox.Helper("missing", {"x"});
  command.path = "/no/such/program";
  const auto events = RunToEnd(machined, command);
  REQUIRE(events.back().Is(Type::kRefused));
  CHECK(events.back().As<Refused>().stage == Stage::kExec);
  CHECK(events.back().As<Refused>().error == ENOENT);

  machined.Send(AskSignal("missing", SIGTERM));
  CHECK(machined.Until(Type::kRefused).back().As<Refused>().stage == Stage::kSignal);
  machined.Send("nonsense");
  CHECK(machined.Until(Type::kRefused).back().As<Refused>().stage == Stage::kRequest);
  machined.Send(std::string(kMaxMessage + 100, 'x'));
  CHECK(machined.Until(Type::kRefused).back().As<Refused>().error == EINVAL);
  CHECK(Resume(machined).size() == 2);
}

TEST_CASE("init: a process gets the identity that was asked for and no descriptor of init's",
          "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  Resume(machined);
  Command command = sandbox.Helper("who", {"identity"});
  command.capabilities = 1U << 10U;
  CHECK(LogOf(RunToEnd(machined, command), "who") ==
        "uid 0 gid 0\neffective 1024\nno_new_privs 1\ndescriptors 0 1 2\nsession 1\n");
}

TEST_CASE("init: machined killed comes back and finds everything as it was", "[kernel]") {
  InitSandbox sandbox;
  const std::string ticks = "/test/ticks";
  std::int32_t pid = 0;
  {
    const TestMachined machined = sandbox.Accept();
    Resume(machined);
    Command command = sandbox.Helper("ticker", {"ticker", ticks});
    command.fingerprint = 0xabcdef0123456789;
    const auto message = PackStart(command);
    REQUIRE(message.ok());
    machined.Send(*message);
    const auto started = machined.Until(Type::kStarted).back().As<Started>();
    CHECK(started.fingerprint == command.fingerprint);
    pid = started.pid;
    LogUntil(machined, "ticker", "tick 0\n");
    machined.Send(AskSignal("machined", SIGKILL));
    while (!machined.Next().bytes.empty()) {
    }
  }
  std::ofstream(sandbox.shared() + "/ticks") << "ab" << std::flush;

  const TestMachined machined = sandbox.Accept();
  const auto processes = Resume(machined);
  REQUIRE(processes.size() == 2);
  const auto ticker =
      std::ranges::find_if(processes, [](const Process& p) { return Text(p.id) == "ticker"; });
  REQUIRE(ticker != processes.end());
  CHECK(ticker->state == ProcessState::kRunning);
  CHECK(ticker->pid == pid);
  CHECK(ticker->fingerprint == 0xabcdef0123456789);
  CHECK(LogUntil(machined, "ticker", "tick 2\n") == "tick 0\ntick 1\ntick 2\n");

  machined.Send(Ask(Type::kCrashes));
  const auto crashes = machined.Until(Type::kCrashEnd);
  REQUIRE(crashes[0].Is(Type::kCrash));
  CHECK(Text(crashes[0].As<Crash>().id) == "machined");
  CHECK(WTERMSIG(crashes[0].As<Crash>().wait_status) == SIGKILL);
  CHECK(crashes[0].TailText().find("machined of the test runs\n") != std::string::npos);
  CHECK(sandbox.Children('Z') == 0);
}

TEST_CASE("init: a crash is recorded with the last lines, an end on request is not", "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  Resume(machined);
  CHECK(WTERMSIG(RunToEnd(machined, sandbox.Helper("bad", {"abort", "why"}))
                     .back()
                     .As<Exited>()
                     .wait_status) == SIGABRT);
  const auto message = PackStart(sandbox.Helper("ticker", {"ticker", "/test/none"}));
  REQUIRE(message.ok());
  machined.Send(*message);
  machined.Until(Type::kStarted);
  machined.Send(AskSignal("ticker", SIGTERM));
  CHECK(WTERMSIG(machined.Until(Type::kExited).back().As<Exited>().wait_status) == SIGTERM);
  machined.Send(Ask(Type::kCrashes));
  const auto crashes = machined.Until(Type::kCrashEnd);
  REQUIRE(crashes.size() == 2);
  CHECK(Text(crashes[0].As<Crash>().id) == "bad");
  CHECK(crashes[0].TailText() == "why\n");
}

TEST_CASE("init: orphans are reaped", "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  Resume(machined);
  RunToEnd(machined, sandbox.Helper("parent", {"orphans", "200"}));
  // The orphans end after their parent; a last process is started and ended until they have gone.
  for (int i = 0; i < 200 && sandbox.Children('S') + sandbox.Children('Z') > 1; ++i) {
    RunToEnd(machined, sandbox.Helper("echo", {"say", "x"}));
  }
  CHECK(sandbox.Children('S') == 1);
  CHECK(sandbox.Children('Z') == 0);
}

TEST_CASE("init: a log that nobody reads never blocks its writer", "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  Resume(machined);
  std::vector<std::string> argv = {"say"};
  for (int i = 0; i < 100; ++i)
    argv.emplace_back(std::string(299, 'x'));
  for (int i = 0; i < 40; ++i) {
    const auto message = PackStart(sandbox.Helper("flood" + std::to_string(i % 20), argv));
    REQUIRE(message.ok());
    machined.Send(*message);
  }
  int ended = 0;
  std::uint64_t heard = 0;
  while (ended < 40) {
    const Event event = machined.Next();
    if (event.Is(Type::kLog) && Text(event.As<Log>().id) != kMachinedId)
      heard += event.TailText().size();
    if (event.Is(Type::kLogLost)) heard += event.As<LogLost>().bytes;
    if (event.Is(Type::kExited) || event.Is(Type::kRefused)) ++ended;
  }
  CHECK(heard > 0);
  CHECK(heard % 30000 == 0);
}

TEST_CASE("init: six ends within a minute bring the last known good configuration", "[kernel]") {
  InitSandbox sandbox;
  std::vector<std::string> calls;
  for (int i = 0; i < 7; ++i) {
    const TestMachined machined = sandbox.Accept();
    calls.push_back(machined.arguments());
    machined.Send(AskSignal("machined", SIGKILL));
    while (!machined.Next().bytes.empty()) {
    }
  }
  CHECK(calls[2] == "machined");
  CHECK(calls[3] == "machined --no-checkpoint");
  CHECK(calls[6] == "machined --last-known-good --no-checkpoint");
  CHECK(sandbox.Console().find("started with the last known good configuration") !=
        std::string::npos);
}

TEST_CASE("init: a crash loop in a slot on trial restarts the node", "[kernel]") {
  InitSandbox sandbox(true);
  for (int i = 0; i < 6; ++i)
    sandbox.Accept().Send(AskSignal("machined", SIGKILL));
  CHECK(WTERMSIG(sandbox.Wait()) == SIGHUP);
  CHECK(sandbox.Console().find("crash record 1 at ") != std::string::npos);
  CHECK(sandbox.Console().find(", status 9: ") != std::string::npos);
}

// In a PID namespace reboot(2) ends init: by SIGHUP for a restart, by SIGINT for power-off and
// halt. See reboot(2).
TEST_CASE("init: the node goes down as machined says", "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  Resume(machined);
  SECTION("a restart with grace") {
    machined.Send(AskReboot(RebootAction::kRestart, 5000));
    CHECK(WTERMSIG(sandbox.Wait()) == SIGHUP);
  }
  SECTION("power-off at once") {
    machined.Send(AskReboot(RebootAction::kPowerOff, 0));
    CHECK(WTERMSIG(sandbox.Wait()) == SIGINT);
  }
}

TEST_CASE("init: Ctrl-Alt-Del is told, and done by init if machined says nothing", "[kernel]") {
  InitSandbox sandbox;
  const TestMachined machined = sandbox.Accept();
  Resume(machined);
  sandbox.Signal(SIGINT);
  CHECK(machined.Until(Type::kPower).back().As<Power>().cause == PowerCause::kCtrlAltDel);
  CHECK(WTERMSIG(sandbox.Wait()) == SIGHUP);
}

}  // namespace ichor::init
