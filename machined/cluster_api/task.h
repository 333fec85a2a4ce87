// Work with the cluster's API that is tried until it is done.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/kube/access.h"
#include "lib/kube/api.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"

namespace ichor {

// How API servers are reached: kube::Connection, or a fake.
using NewApi = std::function<std::unique_ptr<kube::Api>(const kube::Access& access)>;

// One piece of work at a time, on a worker. What fails is tried again after a second, doubled each
// time up to five; what succeeded, after `period`, unless that is zero. Why it fails is in the log
// once it has done so for longer than an API takes to begin. Loop's thread only.
class ClusterTask {
 public:
  static constexpr std::chrono::seconds kFirstBackoff{1};
  static constexpr std::chrono::seconds kLongestBackoff{5};
  static constexpr std::chrono::seconds kPatience{90};
  // Both run on the worker. What they need of the loop they post there.
  using FindAccess = std::function<absl::StatusOr<kube::Access>()>;
  using Work = std::function<absl::Status(kube::Api& api)>;

  struct Parts {  // all outlive it, `worker` and what work touches until its work has ended
    Loop& loop;
    const base::Clock& clock;
    Executor& worker;  // may be kept for as long as the API takes
    NewApi new_api;
  };

  // `name` is what its failures are logged under.
  ClusterTask(Parts parts, std::string name, std::chrono::nanoseconds period = {})
      : parts_(std::move(parts)), name_(std::move(name)), period_(period) {}
  ~ClusterTask();
  ClusterTask(const ClusterTask&) = delete;
  ClusterTask& operator=(const ClusterTask&) = delete;

  // Runs `work` soon, or after the one under way; it takes the place of what was set before.
  void Set(FindAccess find, Work work);
  // From the next success on. What work posted to the loop comes before its end does.
  void SetPeriod(std::chrono::nanoseconds period) { period_ = period; }
  // Nothing runs any more, but for what is under way.
  void Clear();

 private:
  struct Wish {
    FindAccess find;
    Work work;
  };
  // The connection, which only the worker uses; kept while the access stays the same.
  struct Link {
    kube::Access access;
    std::unique_ptr<kube::Api> api;
  };

  static absl::Status RunWork(const NewApi& new_api, const Wish& wish, Link& link);
  void Run();
  void OnDone(const absl::Status& status, const std::shared_ptr<const Wish>& done);
  void RunIn(std::chrono::nanoseconds delay);
  void StopWaiting();

  const Parts parts_;
  const std::string name_;
  std::chrono::nanoseconds period_;
  const std::shared_ptr<ClusterTask*> self_ = std::make_shared<ClusterTask*>(this);
  const std::shared_ptr<Link> link_ = std::make_shared<Link>();
  std::shared_ptr<const Wish> wish_;
  bool running_ = false;
  int failures_ = 0;  // one after the other
  base::MonotonicTime failing_since_;
  std::string told_;  // the last failure that the log has
  std::optional<Loop::TimerId> timer_;
};

}  // namespace ichor
