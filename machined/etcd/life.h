// The life of etcd's data on this node, from the first wish for a cluster.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ichor/etcd.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/etcd/control.h"
#include "machined/etcd/directory.h"

namespace ichor {

// The source of EtcdDataStatus: looks at the directory once EPHEMERAL is there, records wishes,
// puts restored data in their place, and forgets a wish once etcd is a member. Loop's thread only.
class EtcdLife : public EtcdControl {
 public:
  static constexpr std::chrono::seconds kRetry{5};

  struct Parts {  // all outlive the workers
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    Executor& worker;
    EtcdDirectory directory{};
    std::string address = "127.0.0.1:2379";  // where etcd serves clients
  };

  // Goes on with what an earlier machined of this boot left in the checkpoint.
  explicit EtcdLife(Parts parts);
  EtcdLife(const EtcdLife&) = delete;
  EtcdLife& operator=(const EtcdLife&) = delete;

  // The machine goes down, and its member shall leave the cluster once the pods have ended, which
  // need it. What is in the way is logged; the machine goes down all the same.
  void LeaveOnTheWayDown();

  // Looks for what changed. To be called after each settle; cheap.
  void OnSettled();

  void Bootstrap(const BootstrapWish& wish, Done done) override;
  absl::StatusOr<std::shared_ptr<EtcdSession>> Open() override;
  absl::StatusOr<std::shared_ptr<EtcdSession>> OpenMember(const std::string& url) override;
  absl::StatusOr<std::string> PlaceForSnapshot() override;
  void Leave(Done done) override;

 private:
  using Data = EtcdDirectory::Data;
  using Action = std::function<absl::Status(const EtcdDirectory&)>;

  static constexpr std::string_view kSource = "etcd.life";

  // As Open, of the etcd at `address`, whose certificate has `server_name`.
  absl::StatusOr<std::shared_ptr<EtcdSession>> Connect(const std::string& address,
                                                       const std::string& server_name) const;

  struct Job {
    Action action;
    Done done;
  };

  bool IsWanted();
  absl::Status HasPlace();
  absl::Status MayBegin(const BootstrapWish& wish);
  void BeginCluster(const BootstrapWish& wish, Done done);
  void Follow();
  void FollowRestore();
  void FollowLeave();
  void FollowPods();
  std::uint64_t NumberOf(const BootstrapWish& wish) const;
  void Record(const Data& data, Done done);
  void Do(Action action, Done done);
  void Begin();
  void OnLooked(const absl::Status& acted, const absl::StatusOr<Data>& looked);
  void Take(Data looked);
  void Fail(const absl::Status& problem);
  void Publish();

  const Parts parts_;
  const std::shared_ptr<EtcdLife*> self_ = std::make_shared<EtcdLife*>(this);
  std::optional<Data> data_;  // as published; absent: not looked yet
  bool said_ = false;         // that there are none
  bool seen_ = false;         // by this machined, on this EPHEMERAL
  bool recorded_ = true;      // there may be a record on the disk
  bool restoring_ = false;    // etcdutl was seen to run
  bool leaving_ = false;      // on the way down
  bool asked_to_leave_ = false;
  std::deque<Job> jobs_;  // the first is under way
  bool pausing_ = false;  // after an error
  std::string problem_;   // that was said last
};

}  // namespace ichor
