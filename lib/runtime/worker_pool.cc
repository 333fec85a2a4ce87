#include "lib/runtime/worker_pool.h"

#include <pthread.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace ichor {

WorkerPool::WorkerPool(size_t size) {
  {
    base::MutexLock lock(shared_->mutex);
    shared_->threads = size;
  }
  for (size_t i = 0; i < size; ++i) {
    StartThread(shared_);
  }
}

WorkerPool::~WorkerPool() {
  base::MutexLock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->queue.clear();
  shared_->changed.SignalAll();
  while (shared_->threads > 0) {
    shared_->changed.Wait(shared_->mutex);
  }
}

Executor::JobId WorkerPool::Run(const std::string& name, Task job) {
  const JobId id = next_id_++;
  base::MutexLock lock(shared_->mutex);
  shared_->queue.push_back({.id = id, .name = name, .task = std::move(job)});
  shared_->changed.SignalAll();
  return id;
}

void WorkerPool::Replace(JobId job) {
  {
    base::MutexLock lock(shared_->mutex);
    const bool queued = std::ranges::contains(shared_->queue, job, &Job::id);
    const bool running = shared_->running.contains(job);
    if ((!queued && !running) || !shared_->replaced.insert(job).second || queued) {
      return;  // a queued one gives up its worker when it gets one
    }
  }
  StartThread(shared_);
}

void WorkerPool::StartThread(const std::shared_ptr<Shared>& shared) {
  std::thread([shared] { Work(shared); }).detach();
}

void WorkerPool::Work(const std::shared_ptr<Shared>& shared) {
  Job job;
  while (Next(shared, job)) {
    // The kernel cuts thread names at 15 characters; the controller's area is the part that tells
    // most.
    pthread_setname_np(pthread_self(), job.name.substr(0, 15).c_str());
    job.task();
    job.task = nullptr;
    if (!Finish(*shared, job.id)) {
      return;
    }
  }
}

// Waits for a job. False if the pool stops; this thread is not counted any more then.
bool WorkerPool::Next(const std::shared_ptr<Shared>& shared, Job& job) {
  base::MutexLock lock(shared->mutex);
  while (shared->queue.empty() && !shared->stopping) {
    shared->changed.Wait(shared->mutex);
  }
  if (shared->stopping) {
    --shared->threads;
    shared->changed.SignalAll();
    return false;
  }
  job = std::move(shared->queue.front());
  shared->queue.pop_front();
  shared->running.insert(job.id);
  if (shared->replaced.contains(job.id)) {
    StartThread(shared);
  }
  return true;
}

// False if this thread was replaced meanwhile, and must end.
bool WorkerPool::Finish(Shared& shared, JobId id) {
  base::MutexLock lock(shared.mutex);
  shared.running.erase(id);
  return shared.replaced.erase(id) == 0;
}

}  // namespace ichor
