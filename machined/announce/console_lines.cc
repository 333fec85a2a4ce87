#include "machined/announce/console_lines.h"

#include <format>
#include <map>
#include <utility>

#include "lib/base/log.h"
#include "lib/resource/address_text.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using network::NodeAddress;
using runtime::MachineStatus;

std::string_view WordOf(const MachineStatus::Spec& status) {
  using talos::resource::definitions::enums::RuntimeMachineStage_descriptor;
  const auto* const value = RuntimeMachineStage_descriptor()->FindValueByNumber(status.stage());
  return value == nullptr ? "unknown"
                          : std::string_view(value->options().GetExtension(::ichor::value));
}

std::string Addresses(const All<NodeAddress>& rows) {
  const auto current = rows.find("current");
  std::string text;
  if (current != rows.end()) {
    for (const auto& address : current->spec().addresses()) {
      text += (text.empty() ? "" : ", ") + ToText(address);
    }
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::string DescribeStatus(const MachineStatus::Spec& status) {
  std::string text =
      std::format("stage {}, {}", WordOf(status), status.status().ready() ? "ready" : "not ready");
  std::string_view separator = ": ";
  for (const auto& condition : status.status().unmet_conditions()) {
    text += std::format("{}{}: {}", std::exchange(separator, "; "), condition.name(),
                        condition.reason());
  }
  return text;
}

void ConsoleLines::OnSettled() {
  const All<MachineStatus> status = runtime_.Read<MachineStatus>();
  if (!status.empty()) {
    OnStatus(status.front().spec());
  }
  std::string addresses = Addresses(runtime_.Read<NodeAddress>());
  if (addresses != addresses_) {
    addresses_ = std::move(addresses);
    base::Log(base::Severity::kInfo, "addresses: {}", addresses_);
  }
  OnAddresses();
  OnDiagnostics();
}

void ConsoleLines::OnDiagnostics() {
  std::map<std::string, std::string> texts;
  for (const auto& row : runtime_.Read<runtime::Diagnostic>()) {
    std::string& text = texts[row.id()];
    text = row.spec().message();
    std::string_view separator = ": ";
    for (const std::string& detail : row.spec().details()) {
      text += std::format("{}{}", std::exchange(separator, "; "), detail);
    }
    const auto said = diagnostics_.find(row.id());
    if (said == diagnostics_.end() || said->second != text) {
      base::Log(base::Severity::kWarning, "{}: {}", row.id(), text);
    }
  }
  diagnostics_ = std::move(texts);
}

void ConsoleLines::OnAddresses() {
  machine::AddressEvent event;
  const All<network::HostnameStatus> names = runtime_.Read<network::HostnameStatus>();
  event.set_hostname(names.empty() ? "" : names.front().spec().hostname());
  const All<NodeAddress> lists = runtime_.Read<NodeAddress>();
  if (const auto current = lists.find("current"); current != lists.end()) {
    for (const auto& address : current->spec().addresses()) {
      common::NetIP ip;
      ip.set_ip(address.ip());
      event.add_addresses(ToText(ip));
    }
  }
  std::string text = event.SerializeAsString();
  if (text != reached_at_) {
    reached_at_ = std::move(text);
    events_.Publish(event);
  }
}

void ConsoleLines::OnStatus(const MachineStatus::Spec& status) {
  std::string text = DescribeStatus(status);
  if (text == status_) {
    return;
  }
  status_ = std::move(text);
  base::Log(base::Severity::kInfo, "{}", status_);
  machine::MachineStatusEvent event;
  event.set_stage(static_cast<machine::MachineStatusEvent::MachineStage>(status.stage()));
  event.mutable_status()->set_ready(status.status().ready());
  for (const auto& condition : status.status().unmet_conditions()) {
    auto* const unmet = event.mutable_status()->add_unmet_conditions();
    unmet->set_name(condition.name());
    unmet->set_reason(condition.reason());
  }
  events_.Publish(event);
}

}  // namespace ichor
