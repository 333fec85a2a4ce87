#include "machined/delivery/log_delivery.h"

#include <algorithm>
#include <optional>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

// A callback for a source of `sender`.
std::function<void()> Waking(const LogSender& sender) {
  return [weak = sender.weak()] {
    if (const auto alive = weak.lock()) {
      (*alive)->OnReady();
    }
  };
}

}  // namespace

template <class MakeSource>
void LogDelivery::Follow(Senders& senders, const std::vector<LogDestination>& destinations,
                         MakeSource make_source) {
  std::erase_if(senders, [&](const auto& entry) {
    return !std::ranges::contains(destinations, entry.first);
  });
  for (const LogDestination& destination : destinations) {
    if (senders.contains(destination)) {
      continue;
    }
    auto sender = std::make_unique<LogSender>(parts_.doors, destination);
    auto source = make_source(destination, Waking(*sender));
    if (!source.ok()) {
      base::Log(base::Severity::kError, "logs to {}: {}", ToString(destination),
                base::MessageOf(source.status()));
      continue;
    }
    sender->Start(*std::move(source));
    senders.emplace(destination, std::move(sender));
  }
}

void LogDelivery::SendServicesTo(const std::vector<LogDestination>& destinations) {
  Follow(services_, destinations,
         [this](const LogDestination& to,
                std::function<void()> on_ready) -> absl::StatusOr<std::unique_ptr<LogSource>> {
           return std::make_unique<ServiceLogs>(parts_.store, parts_.doors.loop, parts_.doors.clock,
                                                to.tags, std::move(on_ready));
         });
}

void LogDelivery::SendKernelTo(const std::vector<LogDestination>& destinations) {
  const base::Clock& clock = parts_.doors.clock;
  const base::WallTime boot = clock.Now() - clock.Monotonic().time_since_epoch();
  Follow(kernel_, destinations,
         [this, boot](const LogDestination& /*to*/, std::function<void()> on_ready) {
           return KernelLogs::Create(parts_.kernel_log, parts_.doors.loop, boot,
                                     std::move(on_ready));
         });
}

void LogDelivery::OnLog(std::string_view id) {
  if (known_.contains(id)) {
    return;
  }
  known_.emplace(id);
  for (const auto& [destination, sender] : services_) {
    static_cast<ServiceLogs&>(sender->source()).OnNewLog();
  }
}

namespace {

std::vector<LogDestination> KernelLogDestinations(const All<runtime::KmsgLogConfig>& wishes) {
  std::vector<LogDestination> destinations;
  for (const auto& row : wishes) {
    for (const auto& url : row.spec().destinations()) {
      if (auto destination = ParseDestination(url.full_path())) {
        destinations.push_back(*std::move(destination));
      }
    }
  }
  return destinations;
}

}  // namespace

void RegisterDelivery(Runtime& runtime, Loop& loop, LogDelivery& delivery) {
  const auto tell = [mailbox = loop.mailbox(), weak = delivery.weak()](
                        std::vector<LogDestination> destinations, bool kernel) {
    mailbox->Post([weak, kernel, destinations = std::move(destinations)] {
      if (const auto alive = weak.lock()) {
        kernel ? (*alive)->SendKernelTo(destinations) : (*alive)->SendServicesTo(destinations);
      }
    });
  };
  runtime.Reconcile("delivery.want-kernel-log", WantKernelLog);
  runtime.Actuate<config::MachineConfig>(
      "delivery.send-services", [tell](const All<config::MachineConfig>& configs) {
        const std::optional<config::Config> config = ActiveConfig(configs);
        tell(config.has_value() ? ServiceLogDestinations(*config) : std::vector<LogDestination>{},
             false);
        return absl::OkStatus();
      });
  runtime.Actuate<runtime::KmsgLogConfig>("delivery.send-kernel",
                                          [tell](const All<runtime::KmsgLogConfig>& wishes) {
                                            tell(KernelLogDestinations(wishes), true);
                                            return absl::OkStatus();
                                          });
}

}  // namespace ichor
