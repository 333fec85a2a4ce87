// What machined asks of init: the half of class Init that knows the requests.
#include <algorithm>
#include <cerrno>

#include "lib/early/text.h"
#include "machined/init/clock.h"
#include "machined/init/init.h"

namespace ichor::init {

void Init::HandleRequest(std::span<const std::byte> message) {
  const auto type = TypeOf(message);
  if (!type.has_value()) return teller_.TellRefused({}, Stage::kRequest, EINVAL);
  switch (*type) {
    case Type::kAlive:
      slot_.CameUp();
      return console_.Info(
          {"machined speaks, protocol ", early::Decimal(Fixed<Plain>(message).value)});
    case Type::kStart:
      return HandleStart(message);
    case Type::kSignal:
      return HandleSignalRequest(Fixed<Signal>(message));
    case Type::kList:
      return teller_.TellList();
    case Type::kCrashes:
      return teller_.TellCrashes(processes_.crashes());
    case Type::kReboot:
      return HandleReboot(Fixed<Reboot>(message));
    case Type::kWatchdog:
      return teller_.TellWatchdog(watchdog_.Set(Fixed<Watchdog>(message), Now()));
    case Type::kCommitted:
      return machined_.SetCommitted(Fixed<Committed>(message).committed != 0);
    case Type::kPowerTaken:
      if (power_ != PowerCause{}) power_deadline_ = Now() + (kPowerSeconds * kSecond);
      return;
    default:
      return teller_.TellRefused({}, Stage::kRequest, EINVAL);
  }
}

void Init::HandleStart(std::span<const std::byte> message) {
  static StartView view;
  if (!ParseStart(message, view) || view.id == kMachinedId) {
    Id id{};
    SetText(id, view.id);
    return teller_.TellRefused(id, Stage::kRequest, EINVAL);
  }
  if (shutdown_.Going()) return teller_.TellRefused(view.fixed.id, Stage::kRequest, ESHUTDOWN);
  const Failure failure = processes_.Start(view.id, view.cgroup,
                                           {.path = view.path,
                                            .argv = view.argv.data(),
                                            .env = view.env.data(),
                                            .settings = &view.fixed});
  if (failure.error != 0) teller_.TellRefused(view.fixed.id, failure.stage, failure.error);
}

void Init::HandleSignalRequest(const Signal& request) {
  const int error = processes_.SendSignal(request);
  if (error == 0) return;
  Id id{};
  if (request.id.back() == '\0') id = request.id;
  teller_.TellRefused(id, Stage::kSignal, error);
}

void Init::HandleReboot(const Reboot& request) {
  if (request.action > RebootAction::kHalt) return teller_.TellRefused({}, Stage::kRequest, EINVAL);
  constexpr std::uint32_t kLongestGraceMs = 60'000;
  GoDown(request.action, std::min(request.grace_ms, kLongestGraceMs) * kMillisecond);
}

}  // namespace ichor::init
