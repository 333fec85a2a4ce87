#include "lib/runtime/loop.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/base/unique_fd.h"

namespace ichor {
namespace {

using std::chrono::milliseconds;

struct Fixture {
  base::FakeClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  std::string log;

  // A task that writes its name down.
  Task Note(std::string name) {
    return [this, name = std::move(name)] { log += name + " "; };
  }
};

// Says when the last copy of it is destroyed.
class Farewell {
 public:
  explicit Farewell(std::string& log) : log_(log) {}
  ~Farewell() { log_ += "gone "; }
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;

 private:
  std::string& log_;
};

}  // namespace

TEST_CASE("loop: posted tasks run in order, once") {
  Fixture f;
  CHECK_FALSE(f.loop->RunReady());
  f.loop->Post(f.Note("a"));
  f.loop->Post(f.Note("b"));
  CHECK(f.loop->RunReady());
  CHECK(f.log == "a b ");
  CHECK_FALSE(f.loop->RunReady());
}

TEST_CASE("loop: what a task posts runs in the next turn") {
  Fixture f;
  f.loop->Post([&] {
    f.log += "outer ";
    f.loop->Post(f.Note("inner"));
  });
  f.loop->Post(f.Note("next"));
  CHECK(f.loop->RunReady());
  CHECK(f.log == "outer next ");
  CHECK(f.loop->RunReady());
  CHECK(f.log == "outer next inner ");
}

TEST_CASE("loop: timers run when they are due, in order of time and then of setting") {
  Fixture f;
  const base::MonotonicTime now = f.clock.Monotonic();
  f.loop->RunAt(now + milliseconds(20), f.Note("20"));
  f.loop->RunAt(now + milliseconds(10), f.Note("10a"));
  f.loop->RunAt(now + milliseconds(10), f.Note("10b"));
  CHECK(f.loop->NextTimer() == now + milliseconds(10));
  CHECK_FALSE(f.loop->RunReady());
  f.clock.Advance(milliseconds(10) - std::chrono::nanoseconds(1));
  CHECK_FALSE(f.loop->RunReady());
  f.clock.Advance(std::chrono::nanoseconds(1));
  CHECK(f.loop->RunReady());
  CHECK(f.log == "10a 10b ");
  f.clock.Advance(milliseconds(500));
  CHECK(f.loop->RunReady());
  CHECK(f.log == "10a 10b 20 ");
  CHECK_FALSE(f.loop->NextTimer().has_value());
}

TEST_CASE("loop: a cancelled timer does not run, and cancelling twice or late does nothing") {
  Fixture f;
  const Loop::TimerId first = f.loop->RunAt(f.clock.Monotonic(), f.Note("first"));
  const Loop::TimerId second = f.loop->RunAt(f.clock.Monotonic(), f.Note("second"));
  f.loop->Cancel(first);
  f.loop->Cancel(first);
  CHECK(f.loop->RunReady());
  f.loop->Cancel(second);
  CHECK(f.log == "second ");
}

TEST_CASE("loop: a timer may cancel another that is due at the same time") {
  Fixture f;
  std::optional<Loop::TimerId> victim;
  f.loop->RunAt(f.clock.Monotonic(), [&] { f.loop->Cancel(*victim); });
  victim = f.loop->RunAt(f.clock.Monotonic(), f.Note("victim"));
  CHECK(f.loop->RunReady());
  CHECK(f.log.empty());
}

TEST_CASE("loop: a timer that is due at once may set the next one") {
  Fixture f;
  f.loop->RunAt(f.clock.Monotonic(), [&] {
    f.log += "first ";
    f.loop->RunAt(f.clock.Monotonic() + milliseconds(1), f.Note("second"));
  });
  f.loop->RunReady();
  CHECK(f.log == "first ");
  f.clock.Advance(milliseconds(1));
  f.loop->RunReady();
  CHECK(f.log == "first second ");
}

TEST_CASE("loop: posted tasks go before timers in one turn") {
  Fixture f;
  f.loop->RunAt(f.clock.Monotonic(), f.Note("timer"));
  f.loop->Post(f.Note("task"));
  f.loop->RunReady();
  CHECK(f.log == "task timer ");
}

TEST_CASE("loop: run ends after the turn in which it was stopped") {
  Fixture f;
  f.loop->Post(f.Note("before"));
  f.loop->Stop();
  f.loop->Post(f.Note("after"));
  f.loop->Run();
  CHECK(f.log == "before after ");
  f.loop->Post([&] { f.loop->Stop(); });  // it may run again
  f.loop->Run();
}

TEST_CASE("loop: run calls descriptors that are ready") {
  Fixture f;
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const base::UniqueFd reader(ends[0]);
  const base::UniqueFd writer(ends[1]);
  REQUIRE(write(writer.get(), "x", 1) == 1);
  REQUIRE_THAT(f.loop->poller().Add(reader.get(), 1 /* EPOLLIN */,
                                    [&](std::uint32_t) {
                                      f.log += "ready ";
                                      f.loop->poller().Remove(reader.get());
                                      f.loop->Stop();
                                    }),
               base::IsOk());
  f.loop->Run();
  CHECK(f.log == "ready ");
}

TEST_CASE("loop: it belongs to its creator, then to the thread that runs it") {
  Fixture f;
  CHECK(f.loop->IsCurrent());
  bool current_inside = false;
  std::thread thread([&] { f.loop->Run(); });
  f.loop->Post([&] {
    current_inside = f.loop->IsCurrent();
    f.loop->Stop();
  });
  thread.join();
  CHECK(current_inside);
  CHECK_FALSE(f.loop->IsCurrent());
}

TEST_CASE("loop: tasks from many threads all run, each thread's in its order") {
  Fixture f;
  constexpr size_t kThreads = 4;
  constexpr size_t kTasks = 2000;
  std::array<std::vector<size_t>, kThreads> seen;  // touched on the loop's thread only
  size_t left = kThreads * kTasks;
  const auto see = [&](size_t thread, size_t task) {
    seen[thread].push_back(task);
    if (--left == 0) {
      f.loop->Stop();
    }
  };
  const auto post_all = [&](size_t thread) {
    for (size_t i = 0; i < kTasks; ++i) {
      f.loop->Post([&see, thread, i] { see(thread, i); });
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back(post_all, t);
  }
  f.loop->Run();
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::vector<size_t>& tasks : seen) {
    REQUIRE(tasks.size() == kTasks);
    CHECK(std::ranges::is_sorted(tasks));
  }
}

TEST_CASE("loop: a sleeping loop is woken by every task, however they are spaced") {
  Fixture f;
  std::thread thread([&] { f.loop->Run(); });
  base::Mutex mutex;
  base::CondVar changed;
  int done = 0;
  for (int i = 0; i < 500; ++i) {
    f.loop->Post([&] {
      const base::MutexLock lock(mutex);
      ++done;
      changed.Signal();
    });
    const base::MutexLock lock(mutex);
    while (done <= i) {  // a lost wake-up hangs here
      changed.Wait(mutex);
    }
  }
  f.loop->Stop();
  thread.join();
  CHECK(done == 500);
}

TEST_CASE("loop: tasks and timers of a loop that ends are dropped, not run") {
  Fixture f;
  std::string destroyed;
  f.loop->Post([&f, token = std::make_unique<Farewell>(destroyed)] { f.log += "task "; });
  f.loop->RunAt(f.clock.Monotonic(),
                [&f, token = std::make_unique<Farewell>(destroyed)] { f.log += "timer "; });
  f.loop.reset();
  CHECK(f.log.empty());
  CHECK(destroyed == "gone gone ");
}

TEST_CASE("loop: who holds the mailbox may post after the loop's end") {
  Fixture f;
  const std::shared_ptr<Mailbox> mailbox = f.loop->mailbox();
  f.loop.reset();
  std::string destroyed;
  mailbox->Post([&f, token = std::make_unique<Farewell>(destroyed)] { f.log += "task "; });
  CHECK(f.log.empty());
  CHECK(destroyed == "gone ");
  CHECK(mailbox->Take().empty());
}

TEST_CASE("loop: a dropped task may post while it is dropped") {
  Fixture f;
  struct PostsInDestructor {
    std::shared_ptr<Mailbox> mailbox;
    ~PostsInDestructor() {
      mailbox->Post([] {});
    }
  };
  f.loop->Post([poster = std::make_unique<PostsInDestructor>(f.loop->mailbox())] {});
  const std::shared_ptr<Mailbox> mailbox = f.loop->mailbox();
  f.loop.reset();  // a lock held too long hangs here
  mailbox->Post([poster = std::make_unique<PostsInDestructor>(mailbox)] {});
  CHECK(mailbox->Take().empty());
}

}  // namespace ichor
