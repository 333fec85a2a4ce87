// What init said about processes so far, as rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "ichor/service.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"

namespace ichor {

// A source of ProcessStatus. A process that ends waits before it is started again: 100 ms, doubled
// each time up to 10 s; a minute of life makes up for all failures. Loop's thread only.
class ProcessTable {
 public:
  static constexpr std::chrono::milliseconds kFirstPause{100};
  static constexpr std::chrono::seconds kLongestPause{10};
  static constexpr std::chrono::minutes kGoodLife{1};

  // All must outlive the table.
  ProcessTable(Loop& loop, Runtime& runtime, const base::Clock& clock)
      : loop_(loop), runtime_(runtime), clock_(clock) {
    runtime_.AddSource<services::ProcessStatus>(kSource);
  }
  ProcessTable(const ProcessTable&) = delete;
  ProcessTable& operator=(const ProcessTable&) = delete;

  // init runs `id` as `pid` since `started`, asked for with this fingerprint.
  void OnStarted(std::string_view id, std::int32_t pid, base::WallTime started,
                 std::uint64_t fingerprint);
  // It ended with this wait status. See wait(2).
  void OnExited(std::string_view id, int wait_status);
  // init could not start it, for this reason.
  void OnRefused(std::string_view id, std::string reason);
  // It is being prepared for, in a container; `progress` says what is done now, and is empty when
  // that was given up.
  void OnPreparing(std::string_view id, std::string progress);
  // It is in a container from now on.
  void OnContained(std::string_view id);
  // It was told to end.
  void OnStopping(std::string_view id);
  // All that init runs has been told: what is known now is all.
  void OnListed();

  // The id of the process `pid`, or "" if init does not run it.
  std::string IdOf(std::int32_t pid) const;
  // Whether it runs and was told to end.
  bool IsStopping(std::string_view id) const;

 private:
  static constexpr std::string_view kSource = "services.process-table";

  struct Process {
    services::ProcessStatus::Spec status;
    base::MonotonicTime since;  // when it started, or when machined first heard of it
  };

  void Pause(const std::string& id, Process& process);
  void Publish();

  Loop& loop_;
  Runtime& runtime_;
  const base::Clock& clock_;
  bool listed_ = false;
  std::map<std::string, Process, std::less<>> processes_;
};

}  // namespace ichor
