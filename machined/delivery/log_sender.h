// Records on their way to one destination.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/unique_fd.h"
#include "lib/runtime/loop.h"
#include "lib/sys/udp.h"
#include "machined/delivery/destination.h"
#include "machined/delivery/log_source.h"

namespace ichor {

// Sends as fast as the destination takes, and holds one record at a time: what the destination does
// not take stays in the log, whose oldest lines give way. Never blocks. By UDP each record is a
// datagram, and what gets lost is lost. By TCP a connection that breaks is made again after a pause
// of 1 s, doubled each time up to 30 s, and the record that was on its way is sent again. What goes
// wrong is logged once, until it goes right. Loop's thread only.
class LogSender {
 public:
  using Addresses = absl::StatusOr<std::vector<std::string>>;  // "10.0.0.1"
  struct Doors {                                               // all outlive the sender
    Loop& loop;
    const base::Clock& clock;
    sys::Udp& udp;
    // Looks a host's addresses up, elsewhere, and answers on the loop.
    std::function<void(const std::string& host, absl::AnyInvocable<void(Addresses)> done)> resolve;
  };

  LogSender(Doors doors, LogDestination destination);
  ~LogSender();
  LogSender(const LogSender&) = delete;
  LogSender& operator=(const LogSender&) = delete;

  // What it sends, from now on. Then it begins.
  void Start(std::unique_ptr<LogSource> source);

  // The source has something.
  void OnReady();

  // For callbacks that may outlive it.
  std::weak_ptr<LogSender*> weak() const { return self_; }
  LogSource& source() { return *source_; }

 private:
  void Resolve();
  void Connect(const std::vector<std::string>& addresses);
  absl::Status Open(const std::string& address);
  void Pump();
  absl::Status Send();
  absl::Status SendBytes();
  void Succeed();
  void Fail(const absl::Status& status);
  void Close();

  const Doors doors_;
  const LogDestination destination_;
  const std::shared_ptr<LogSender*> self_ = std::make_shared<LogSender*>(this);
  std::unique_ptr<LogSource> source_;
  std::unique_ptr<sys::UdpSocket> datagrams_;
  sys::UdpEndpoint endpoint_;
  base::UniqueFd stream_;
  std::string record_;  // on its way; empty: none
  size_t sent_ = 0;     // bytes of it
  size_t attempts_ = 0;
  std::chrono::seconds pause_{1};
  std::string said_;  // the problem that the log has
};

}  // namespace ichor
