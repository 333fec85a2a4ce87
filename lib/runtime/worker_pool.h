// A fixed number of threads for blocking work.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "lib/base/mutex.h"
#include "lib/runtime/executor.h"

namespace ichor {

// Jobs run in the order of Run, `size` at a time. A worker that hangs in a job can be replaced: a
// new thread takes its place, and the old one ends with its job. The destructor waits for the jobs
// that run, except for replaced ones, which must therefore touch nothing that ends before the
// process does.
class WorkerPool : public Executor {
 public:
  explicit WorkerPool(size_t size);
  ~WorkerPool() override;

  JobId Run(const std::string& name, Task job) override;
  void Replace(JobId job) override;

 private:
  struct Job {
    JobId id;
    std::string name;
    Task task;
  };
  // Shared with the threads, since a replaced one may outlive the pool.
  struct Shared {
    base::Mutex mutex;
    base::CondVar changed;
    std::deque<Job> queue ABSL_GUARDED_BY(mutex);
    absl::flat_hash_set<JobId> running ABSL_GUARDED_BY(mutex);
    absl::flat_hash_set<JobId> replaced ABSL_GUARDED_BY(mutex);
    size_t threads ABSL_GUARDED_BY(mutex) = 0;  // without the replaced ones
    bool stopping ABSL_GUARDED_BY(mutex) = false;
  };

  // In place of a replaced one, or as one of the first; `threads` counts it already.
  static void StartThread(const std::shared_ptr<Shared>& shared);
  static void Work(const std::shared_ptr<Shared>& shared);
  static bool Next(const std::shared_ptr<Shared>& shared, Job& job);
  static bool Finish(Shared& shared, JobId id);

  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  JobId next_id_ = 1;
};

}  // namespace ichor
