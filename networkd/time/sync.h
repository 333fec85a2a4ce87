// Keeps the clock right: asks time servers, one at a time, and tells the kernel and the state.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/clock_control.h"
#include "lib/sys/udp.h"
#include "networkd/time/keeper.h"
#include "networkd/time/ntp.h"

namespace ichor::networkd {

struct TimeSettings {
  std::vector<std::string> servers;  // names or addresses
  bool disabled = false;
  // After this long the time counts as right in any case; 0: never.
  std::chrono::nanoseconds boot_timeout{0};

  friend bool operator==(const TimeSettings&, const TimeSettings&) = default;
};

// Publishes the row "node" of TimeStatus. Loop's thread only.
class TimeSync {
 public:
  // Addresses of a host name, as bytes; none if it cannot be resolved. Answers later or at once.
  using OnAddresses = std::function<void(const std::vector<std::string>& addresses)>;
  using Lookup = std::function<void(const std::string& name, OnAddresses on_addresses)>;

  struct Environment {
    Loop& loop;
    Runtime& runtime;
    const base::Clock& clock;
    sys::Udp& udp;
    sys::ClockControl& clock_control;
    // A fresh number each time.
    std::function<std::uint32_t()> random;
    Lookup lookup;
  };

  // All of `environment` must outlive it. Goes on from the row that stands in the state, of a
  // checkpoint. Does nothing before its settings are known.
  explicit TimeSync(Environment environment);
  ~TimeSync();

  // Begins anew if they changed.
  void Set(const TimeSettings& settings);
  // There may be a way to the servers now, where there was none before.
  void OnNetwork();

 private:
  struct Exchange;

  void Begin();
  void StopTimer();
  void Later(std::chrono::nanoseconds pause);
  void Ask();
  void AskOneOf(const std::vector<std::string>& addresses);
  void Send(const std::string& address);
  void OnAnswer(std::string_view payload);
  void OnSample(const NtpSample& sample);
  void Fail(const absl::Status& why);
  void LookForJumps();
  void Publish();
  std::chrono::nanoseconds WallMinusMonotonic() const;

  const Environment environment_;
  const std::shared_ptr<TimeSync*> self_ = std::make_shared<TimeSync*>(this);
  const base::MonotonicTime started_;
  TimeKeeper keeper_;
  bool known_ = false;  // the settings are
  TimeSettings settings_;
  bool timed_out_ = false;
  std::size_t server_ = 0;   // in use
  std::size_t address_ = 0;  // of its addresses
  unsigned failures_ = 0;    // in a row
  std::uint64_t round_ = 0;  // what an older round still waits for is void
  std::optional<Loop::TimerId> timer_;
  std::unique_ptr<Exchange> exchange_;  // the question under way
  std::chrono::nanoseconds difference_{0};
  std::string last_error_;
};

}  // namespace ichor::networkd
