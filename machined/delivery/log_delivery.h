// The logs of this node on their way to other machines.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/runtime/runtime.h"
#include "lib/sys/kernel_log.h"
#include "machined/delivery/destination.h"
#include "machined/delivery/log_sender.h"
#include "machined/log/log_store.h"

namespace ichor {

// A sender for each destination, for as long as it is one. Loop's thread only.
class LogDelivery {
 public:
  struct Parts {  // all outlive it
    LogSender::Doors doors;
    log::LogStore& store;
    sys::KernelLog& kernel_log;
  };

  explicit LogDelivery(Parts parts) : parts_(std::move(parts)) {}
  LogDelivery(const LogDelivery&) = delete;
  LogDelivery& operator=(const LogDelivery&) = delete;

  // Where the logs of the services, and the kernel's, go from now on. A destination that stays is
  // not disturbed.
  void SendServicesTo(const std::vector<LogDestination>& destinations);
  void SendKernelTo(const std::vector<LogDestination>& destinations);

  // Something was written to the log `id`.
  void OnLog(std::string_view id);

  // For tasks that may outlive it.
  std::weak_ptr<LogDelivery*> weak() const { return self_; }

 private:
  using Senders = std::map<LogDestination, std::unique_ptr<LogSender>>;
  template <class MakeSource>
  void Follow(Senders& senders, const std::vector<LogDestination>& destinations,
              MakeSource make_source);

  const Parts parts_;
  const std::shared_ptr<LogDelivery*> self_ = std::make_shared<LogDelivery*>(this);
  std::set<std::string, std::less<>> known_;  // logs
  Senders services_;
  Senders kernel_;
};

// Makes `delivery` follow the config and KmsgLogConfig. It must outlive the loop's tasks, or go
// first.
void RegisterDelivery(Runtime& runtime, Loop& loop, LogDelivery& delivery);

}  // namespace ichor
