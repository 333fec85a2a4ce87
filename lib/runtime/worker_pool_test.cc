#include "lib/runtime/worker_pool.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/mutex.h"

namespace ichor {
namespace {

// What jobs tell the test, and wait for; jobs that outlive the test hold it by shared_ptr.
class Board {
 public:
  void Note(const std::string& name) {
    const base::MutexLock lock(mutex_);
    log_ += name + " ";
    ++notes_;
    changed_.SignalAll();
  }
  void WaitForNotes(size_t count) {
    const base::MutexLock lock(mutex_);
    while (notes_ < count) {
      changed_.Wait(mutex_);
    }
  }
  std::string log() {
    const base::MutexLock lock(mutex_);
    return log_;
  }

  void Open() {
    const base::MutexLock lock(mutex_);
    open_ = true;
    changed_.SignalAll();
  }
  void WaitUntilOpen() {
    const base::MutexLock lock(mutex_);
    while (!open_) {
      changed_.Wait(mutex_);
    }
  }

  // Counts how many jobs are between Enter and Leave.
  void Enter() {
    const base::MutexLock lock(mutex_);
    most_ = std::max(most_, ++inside_);
  }
  void Leave() {
    const base::MutexLock lock(mutex_);
    --inside_;
  }
  size_t most() {
    const base::MutexLock lock(mutex_);
    return most_;
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  std::string log_ ABSL_GUARDED_BY(mutex_);
  size_t notes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  size_t inside_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t most_ ABSL_GUARDED_BY(mutex_) = 0;
};

using BoardPtr = std::shared_ptr<Board>;

BoardPtr NewBoard() {
  return std::make_shared<Board>();
}

Executor::JobId RunNote(WorkerPool& pool, const BoardPtr& board, std::string name) {
  return pool.Run("note", [board, name = std::move(name)] { board->Note(name); });
}

// A job that says that it hangs, and does until the board opens.
Executor::JobId RunHanging(WorkerPool& pool, const BoardPtr& board) {
  return pool.Run("hang", [board] {
    board->Note("hangs");
    board->WaitUntilOpen();
    board->Note("ends");
  });
}

// The largest number of `jobs` quick jobs that ran at once.
size_t MostAtOnce(WorkerPool& pool, size_t jobs) {
  const BoardPtr board = NewBoard();
  for (size_t i = 0; i < jobs; ++i) {
    pool.Run("quick", [board] {
      board->Enter();
      std::this_thread::yield();
      board->Leave();
      board->Note("");
    });
  }
  board->WaitForNotes(jobs);
  return board->most();
}

}  // namespace

TEST_CASE("worker pool: one worker runs jobs in the order in which they came") {
  const BoardPtr board = NewBoard();
  WorkerPool pool(1);
  const Executor::JobId a = RunNote(pool, board, "a");
  const Executor::JobId b = RunNote(pool, board, "b");
  RunNote(pool, board, "c");
  board->WaitForNotes(3);
  CHECK(board->log() == "a b c ");
  CHECK(a != b);
}

TEST_CASE("worker pool: as many jobs as it has workers run at once, and no more") {
  WorkerPool pool(3);
  const BoardPtr board = NewBoard();
  for (int i = 0; i < 3; ++i) {
    pool.Run("meet", [board] {
      board->Note("here");
      board->WaitForNotes(3);  // all three, or this hangs
    });
  }
  board->WaitForNotes(3);
  CHECK(MostAtOnce(pool, 500) <= 3);
}

TEST_CASE("worker pool: a worker is named after its job, as far as the kernel takes it") {
  const BoardPtr board = NewBoard();
  WorkerPool pool(1);
  pool.Run("network.apply-routes", [board] {
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    board->Note(name.data());
  });
  board->WaitForNotes(1);
  CHECK(board->log() == "network.apply-r ");
}

TEST_CASE("worker pool: a job is freed on its worker before the next one runs") {
  const BoardPtr board = NewBoard();
  struct Farewell {
    BoardPtr board;
    ~Farewell() { board->Note("freed"); }
  };
  WorkerPool pool(1);
  pool.Run("job", [farewell = std::make_unique<Farewell>(board), board] { board->Note("ran"); });
  RunNote(pool, board, "next");
  board->WaitForNotes(3);
  CHECK(board->log() == "ran freed next ");
}

TEST_CASE("worker pool: a worker that hangs is replaced, and its late end does no harm") {
  const BoardPtr board = NewBoard();
  WorkerPool pool(1);
  const Executor::JobId hanging = RunHanging(pool, board);
  RunNote(pool, board, "next");
  board->WaitForNotes(1);
  CHECK(board->log() == "hangs ");
  pool.Replace(hanging);
  board->WaitForNotes(2);
  CHECK(board->log() == "hangs next ");
  board->Open();
  board->WaitForNotes(3);
  CHECK(board->log() == "hangs next ends ");
  CHECK(MostAtOnce(pool, 300) == 1);
}

TEST_CASE("worker pool: replacing a job twice, or one that has ended or never was, does nothing") {
  const BoardPtr board = NewBoard();
  WorkerPool pool(1);
  const Executor::JobId ended = RunNote(pool, board, "a");
  RunNote(pool, board, "b");
  board->WaitForNotes(2);  // one worker: the first has ended
  pool.Replace(ended);
  pool.Replace(ended);
  pool.Replace(12345);
  const Executor::JobId hanging = RunHanging(pool, board);
  board->WaitForNotes(3);
  pool.Replace(hanging);
  pool.Replace(hanging);
  CHECK(MostAtOnce(pool, 300) == 1);
  board->Open();
  board->WaitForNotes(4);
  pool.Replace(hanging);
  CHECK(MostAtOnce(pool, 300) == 1);
}

TEST_CASE("worker pool: a job given up while it waited for a worker does not keep the worker") {
  const BoardPtr board = NewBoard();
  WorkerPool pool(1);
  const Executor::JobId first = RunHanging(pool, board);
  const Executor::JobId second = RunHanging(pool, board);
  board->WaitForNotes(1);
  pool.Replace(second);  // it has not even begun
  pool.Replace(first);
  board->WaitForNotes(2);
  CHECK(board->log() == "hangs hangs ");
  RunNote(pool, board, "next");
  board->WaitForNotes(3);
  CHECK(board->log() == "hangs hangs next ");
  board->Open();
  board->WaitForNotes(5);
  CHECK(MostAtOnce(pool, 300) == 1);
}

TEST_CASE("worker pool: the end waits for the jobs that run, and drops those that wait") {
  const BoardPtr board = NewBoard();
  std::optional<WorkerPool> pool(std::in_place, 1);
  const auto dropped = std::make_shared<int>(0);
  pool->Run("job", [board] {
    board->Note("runs");
    board->WaitUntilOpen();
    board->Note("ends");
  });
  board->WaitForNotes(1);
  pool->Run("dropped", [board, dropped] { board->Note("never"); });
  CHECK(dropped.use_count() == 2);
  board->Open();
  pool.reset();
  // Whether the second one got its turn is a matter of luck, but nothing runs any more.
  CHECK((board->log() == "runs ends " || board->log() == "runs ends never "));
  CHECK(dropped.use_count() == 1);
}

TEST_CASE("worker pool: the end does not wait for a replaced worker") {
  const BoardPtr board = NewBoard();
  {
    WorkerPool pool(2);
    const Executor::JobId hanging = RunHanging(pool, board);
    board->WaitForNotes(1);
    pool.Replace(hanging);
  }
  CHECK(board->log() == "hangs ");
  board->Open();
  board->WaitForNotes(2);
  CHECK(board->log() == "hangs ends ");
}

TEST_CASE("worker pool: it may end right after it began") {
  for (int i = 0; i < 50; ++i) {
    const WorkerPool pool(4);
  }
}

}  // namespace ichor
