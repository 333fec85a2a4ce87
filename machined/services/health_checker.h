// Asks services whether they are well.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ichor/service.resources.h"
#include "lib/base/clock.h"
#include "lib/base/unique_fd.h"
#include "lib/rpc/client.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"

namespace ichor {

// When to ask a service again that is not well, and was not for so long: soon at first, so that a
// boot waits for nothing, then as rarely as one that is well.
std::chrono::nanoseconds PauseOfUnwell(std::chrono::nanoseconds unwell);

// A source of ServiceHealth: tries to connect to each service that runs and says where it listens,
// every 5 s, and asks those that speak gRPC or HTTP; a service that is not well as PauseOfUnwell
// says. Loop's thread only.
class HealthChecker {
 public:
  static constexpr std::chrono::seconds kPeriod{5};
  static constexpr std::chrono::milliseconds kSoon{100};
  static constexpr std::chrono::milliseconds kTimeout{500};
  static constexpr std::chrono::seconds kAnswerTimeout{5};

  // All must outlive the checker.
  HealthChecker(Loop& loop, Runtime& runtime, const base::Clock& clock);
  HealthChecker(const HealthChecker&) = delete;
  HealthChecker& operator=(const HealthChecker&) = delete;

  // Looks for services that started or ended. To be called after each settle; cheap.
  void OnSettled();

 private:
  static constexpr std::string_view kSource = "services.health-checker";

  struct Subject {
    std::int32_t pid = 0;
    services::ServiceDefinition::Spec definition;
    std::optional<services::ServiceHealth::Spec> health;  // absent: not asked yet
    std::optional<base::MonotonicTime> unwell_since;
    base::UniqueFd attempt;                // a connection being made
    std::unique_ptr<rpc::Client> client;   // that was asked
    std::optional<absl::Status> answered;  // by it
    std::optional<Loop::TimerId> timer;
  };

  bool Refresh();
  void Watch(const std::string& id, std::int32_t pid,
             const services::ServiceDefinition::Spec& definition);
  void Drop(Subject& subject);
  void Check(const std::string& id);
  void CheckPort(const std::string& id, Subject& subject);
  void OnConnected(const std::string& id);
  void OnAnswer(const std::string& id);
  void CheckGrpc(const std::string& id, Subject& subject);
  void Heard(const std::string& id, const absl::StatusOr<std::string>& reply);
  void TakeAnswer(const std::string& id);
  void Answer(const std::string& id, const absl::Status& status);
  void Later(const std::string& id, Subject& subject, std::chrono::nanoseconds delay,
             void (HealthChecker::*what)(const std::string&));
  void GiveUp(const std::string& id);
  void Publish();

  Loop& loop_;
  Runtime& runtime_;
  const base::Clock& clock_;
  std::map<std::string, Subject> subjects_;
};

}  // namespace ichor
