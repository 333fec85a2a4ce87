// Asks etcd how it is, and who it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "etcd/rpc.pb.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/etcd/control.h"

namespace ichor {

// A source of ServiceHealth and EtcdMember while the service `etcd` runs: etcd is well if it
// answers a read that most members have to agree to. Loop's thread only.
class EtcdHealth {
 public:
  static constexpr std::chrono::seconds kPeriod{20};
  static constexpr std::chrono::seconds kSoon{1};  // while it is not well

  struct Parts {  // all outlive it
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    EtcdControl& etcd;
  };

  explicit EtcdHealth(Parts parts);
  EtcdHealth(const EtcdHealth&) = delete;
  EtcdHealth& operator=(const EtcdHealth&) = delete;

  // Looks whether etcd started or ended. To be called after each settle; cheap.
  void OnSettled();

  // Of the etcd that is asked; 0 if none runs.
  std::int32_t pid() const { return pid_; }

 private:
  static constexpr std::string_view kSource = "etcd.health";

  void Ask();
  void OnStatus(const std::shared_ptr<EtcdSession>& session,
                const absl::StatusOr<etcdserverpb::StatusResponse>& status);
  void Answer(const absl::Status& status);
  void Publish();

  const Parts parts_;
  const std::shared_ptr<EtcdHealth*> self_ = std::make_shared<EtcdHealth*>(this);
  std::int32_t pid_ = 0;
  std::optional<std::uint64_t> member_;  // its id
  std::optional<absl::Status> health_;
};

}  // namespace ichor
