// What happened to each service, for those who ask over the API.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/service.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/runtime.h"
#include "machine/machine.pb.h"
#include "machined/api/context.h"
#include "machined/events/event_bus.h"
#include "machined/services/process_host.h"

namespace ichor {

// Watches ServiceState: writes each change into the service's history, publishes it as an event,
// and logs it. Loop's thread only.
class ServiceJournal : public api::ServiceDirectory {
 public:
  static constexpr size_t kHistory = 64;  // events kept of each service

  // All must outlive the journal.
  ServiceJournal(Runtime& runtime, events::EventBus& events, const base::Clock& clock,
                 ProcessHost& containers)
      : runtime_(runtime), events_(events), clock_(clock), containers_(containers) {}

  // To be called after each settle.
  void OnSettled();

  std::vector<machine::ServiceInfo> List() override;
  absl::StatusOr<std::string> Start(std::string_view id) override;
  absl::StatusOr<std::string> Stop(std::string_view id) override;
  absl::StatusOr<std::string> Restart(std::string_view id) override;

 private:
  struct History {
    services::ServiceState::Spec last;
    std::deque<machine::ServiceEvent> events;
    machine::ServiceHealth health;
  };

  void Note(const std::string& id, const services::ServiceState::Spec& state);
  bool MayChange(std::string_view id) const;
  absl::Status Refuse(std::string_view id, std::string_view what) const;

  Runtime& runtime_;
  events::EventBus& events_;
  const base::Clock& clock_;
  ProcessHost& containers_;
  std::map<std::string, History, std::less<>> histories_;
};

}  // namespace ichor
