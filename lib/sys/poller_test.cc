#include "lib/sys/poller.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"

namespace ichor::sys {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    reader.Reset(ends[0]);
    writer.Reset(ends[1]);
  }
  base::UniqueFd reader;
  base::UniqueFd writer;
};

}  // namespace

TEST_CASE("poller: a readable descriptor calls back, again until it is read or removed") {
  const std::unique_ptr<Poller> poller = *Poller::Create();
  const Pipe pipe;
  int calls = 0;
  REQUIRE_THAT(poller->Add(pipe.reader.get(), EPOLLIN, [&](std::uint32_t) { ++calls; }),
               base::IsOk());
  poller->Wait(std::chrono::nanoseconds(0));
  CHECK(calls == 0);
  REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
  poller->Wait(std::nullopt);
  poller->Wait(std::nullopt);
  CHECK(calls == 2);
  poller->Remove(pipe.reader.get());
  poller->Wait(std::chrono::nanoseconds(0));
  CHECK(calls == 2);
}

TEST_CASE("poller: other events may be waited for from now on") {
  const std::unique_ptr<Poller> poller = *Poller::Create();
  const Pipe pipe;
  std::uint32_t seen = 0;
  REQUIRE_THAT(poller->Add(pipe.writer.get(), EPOLLIN, [&](std::uint32_t ready) { seen |= ready; }),
               base::IsOk());
  poller->Wait(std::chrono::nanoseconds(0));
  CHECK(seen == 0);
  poller->Modify(pipe.writer.get(), EPOLLOUT);
  poller->Wait(std::chrono::nanoseconds(0));
  CHECK(seen == EPOLLOUT);
}

TEST_CASE("poller: a callback may remove itself") {
  const std::unique_ptr<Poller> poller = *Poller::Create();
  const Pipe pipe;
  int calls = 0;
  REQUIRE_THAT(poller->Add(pipe.reader.get(), EPOLLIN,
                           [&](std::uint32_t) {
                             poller->Remove(pipe.reader.get());
                             ++calls;
                           }),
               base::IsOk());
  REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
  poller->Wait(std::nullopt);
  poller->Wait(std::chrono::nanoseconds(0));
  CHECK(calls == 1);
}

TEST_CASE("poller: a wake ends the next wait, and only that") {
  const std::unique_ptr<Poller> poller = *Poller::Create();
  poller->Wake();
  poller->Wake();
  poller->Wait(std::nullopt);  // returns at once, or this test hangs
  poller->Wait(std::chrono::nanoseconds(0));
}

TEST_CASE("poller: a callback that wakes its own poller is not woken for") {
  const std::unique_ptr<Poller> poller = *Poller::Create();
  const std::unique_ptr<Poller> other = *Poller::Create();
  const Pipe pipe;
  REQUIRE_THAT(poller->Add(pipe.reader.get(), EPOLLIN,
                           [&](std::uint32_t) {
                             poller->Remove(pipe.reader.get());
                             poller->Wake();
                             other->Wake();
                           }),
               base::IsOk());
  REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
  poller->Wait(std::nullopt);
  other->Wait(std::nullopt);  // returns at once, or this test hangs
  constexpr std::chrono::milliseconds kWhile{20};
  const base::RealClock clock;
  const base::MonotonicTime begin = clock.Monotonic();
  poller->Wait(kWhile);
  CHECK(clock.Monotonic() - begin >= kWhile);
}

TEST_CASE("poller: a descriptor is watched once") {
  const std::unique_ptr<Poller> poller = *Poller::Create();
  const Pipe pipe;
  const auto ignore = [](std::uint32_t) {};
  REQUIRE_THAT(poller->Add(pipe.reader.get(), EPOLLIN, ignore), base::IsOk());
  CHECK(poller->Add(pipe.reader.get(), EPOLLIN, ignore).code() == absl::StatusCode::kAlreadyExists);
}

}  // namespace ichor::sys
