// What the machine says of itself on its console, as lines of the log.
#pragma once

#include <map>
#include <string>

#include "lib/runtime/runtime.h"
#include "machined/events/event_bus.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// Says a line, and publishes a MachineStatusEvent, when the machine's stage or what it waits for
// changes; says a line when its addresses do, and publishes an AddressEvent when they or the
// hostname do; says once what is diagnosed. Loop's thread only.
class ConsoleLines {
 public:
  // Both must outlive this.
  ConsoleLines(Runtime& runtime, events::EventBus& events) : runtime_(runtime), events_(events) {}

  // To be called after each settle.
  void OnSettled();

 private:
  void OnAddresses();
  void OnDiagnostics();
  void OnStatus(const runtime::MachineStatus::Spec& status);

  Runtime& runtime_;
  events::EventBus& events_;
  std::string status_;                              // as last said
  std::string addresses_;                           // as last said
  std::string reached_at_;                          // the last AddressEvent
  std::map<std::string, std::string> diagnostics_;  // by id, as last said
};

// "stage booting, not ready: time: time is not synced; services: apid not running"
std::string DescribeStatus(const runtime::MachineStatus::Spec& status);

}  // namespace ichor
