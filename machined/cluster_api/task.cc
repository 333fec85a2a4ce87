#include "machined/cluster_api/task.h"

#include <algorithm>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor {

ClusterTask::~ClusterTask() {
  StopWaiting();
}

void ClusterTask::Set(FindAccess find, Work work) {
  wish_ = std::make_shared<const Wish>(Wish{.find = std::move(find), .work = std::move(work)});
  failures_ = 0;
  StopWaiting();
  if (!running_) {
    Run();
  }
}

void ClusterTask::Clear() {
  wish_.reset();
  told_.clear();
  StopWaiting();
}

absl::Status ClusterTask::RunWork(const NewApi& new_api, const Wish& wish, Link& link) {
  ASSIGN_OR_RETURN(const kube::Access access, wish.find());
  if (link.api == nullptr || link.access != access) {
    link = {.access = access, .api = new_api(access)};
  }
  return wish.work(*link.api);
}

void ClusterTask::Run() {
  running_ = true;
  parts_.worker.Run(name_, [mailbox = parts_.loop.mailbox(), new_api = parts_.new_api,
                            weak = std::weak_ptr(self_), link = link_, wish = wish_] {
    mailbox->Post([weak, wish, status = RunWork(new_api, *wish, *link)] {
      if (const std::shared_ptr<ClusterTask*> self = weak.lock()) {
        (*self)->OnDone(status, wish);
      }
    });
  });
}

void ClusterTask::OnDone(const absl::Status& status, const std::shared_ptr<const Wish>& done) {
  running_ = false;
  if (done != wish_) {
    if (wish_ != nullptr) {
      Run();
    }
    return;
  }
  if (status.ok()) {
    failures_ = 0;
    told_.clear();
    if (period_.count() != 0) {
      RunIn(period_);
    }
    return;
  }
  const base::MonotonicTime now = parts_.clock.Monotonic();
  if (failures_ == 0) {
    failing_since_ = now;
  }
  if (const std::string_view said = base::MessageOf(status);
      said != told_ && now - failing_since_ >= kPatience) {
    base::Log(base::Severity::kWarning, "{}: {}", name_, said);
    told_ = said;
  }
  constexpr int kDoublings = 3;
  RunIn(std::min(kFirstBackoff * (1 << std::min(failures_++, kDoublings)), kLongestBackoff));
}

void ClusterTask::RunIn(std::chrono::nanoseconds delay) {
  timer_ = parts_.loop.RunAt(parts_.clock.Monotonic() + delay, [this] {
    timer_.reset();
    Run();
  });
}

void ClusterTask::StopWaiting() {
  if (timer_.has_value()) {
    parts_.loop.Cancel(*timer_);
    timer_.reset();
  }
}

}  // namespace ichor
