#include "networkd/link/apply.h"

#include <format>
#include <optional>
#include <string>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/link/made.h"
#include "networkd/link/policy.h"

namespace ichor::networkd {
namespace {

using network::LinkReport;

// Before the link comes up, since that is when the kernel makes its link-local address.
absl::Status SetUpIpv6(const std::string& link, sys::NetworkSettings& settings) {
  constexpr std::pair<std::string_view, std::string_view> kSettings[] = {
      {"accept_ra", "2"}, {"optimistic_dad", "1"}, {"use_optimistic", "1"}};
  for (const auto& [name, value] : kSettings) {
    const absl::Status status =
        settings.Write(std::format("ipv6/conf/{}/{}", link, name), std::string(value));
    if (!status.ok() && !absl::IsNotFound(status)) {  // not found: IPv6 is off
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status Apply(const LinkStep& step, sys::Netlink& netlink, sys::NetworkSettings& settings) {
  if (step.mtu != 0) {
    RETURN_IF_ERROR(base::Annotate(netlink.ChangeLink(step.link.index, {.up = {}, .mtu = step.mtu}),
                                   std::format("{}: MTU {}", step.link.name, step.mtu)));
  }
  if (!step.bring_up && !step.bring_down) {
    return absl::OkStatus();
  }
  if (step.bring_up) {
    RETURN_IF_ERROR(SetUpIpv6(step.link.name, settings));
  }
  return base::Annotate(netlink.ChangeLink(step.link.index, {.up = step.bring_up, .mtu = {}}),
                        step.link.name);
}

void AddError(const std::string& id, const absl::Status& status, bool retry,
              Report<LinkReport>& report) {
  LinkReport::Spec spec;
  spec.set_error(std::string(base::MessageOf(status)));
  if (retry) {
    report.AddFailed(id, std::move(spec), status);
  } else {
    report.Add(id, std::move(spec));
  }
}

}  // namespace

Report<LinkReport> ApplyLinks(const All<network::LinkSpec>& desired,
                              const All<network::LinkStatus>& observed, const LinkDoors& doors) {
  Report<LinkReport> report;
  absl::StatusOr<MadeLinkResults> made =
      ApplyMadeLinks(desired, doors.netlink, doors.virtual_links, doors.wireguard);
  for (const LinkStep& step : PlanLinks(desired, observed)) {
    const MadeLinkResult result = made.ok() ? (*made)[step.id] : MadeLinkResult();
    if (!made.ok() || !result.status.ok()) {
      AddError(step.id, made.ok() ? result.status : made.status(), !result.waits, report);
      continue;
    }
    LinkReport::Spec spec;
    if (step.missing) {
      const auto row = desired.find(step.id);
      if (row != desired.end() && row->spec().logical()) {
        spec.set_link(step.id);  // it was made just now: the kernel will tell
        spec.set_made(true);
      } else {
        spec.set_error("there is no such link");
      }
      report.Add(step.id, std::move(spec));
      continue;
    }
    if (step.link.guessed) {
      base::Log(base::Severity::kWarning,
                "there is no link {}: taken to mean {}, the only network card", step.id,
                step.link.name);
    }
    spec.set_link(step.link.name);
    const absl::Status status = Apply(step, doors.netlink, doors.settings);
    spec.set_made(status.ok());
    if (status.ok()) {
      report.Add(step.id, std::move(spec));
    } else {
      spec.set_error(std::string(base::MessageOf(status)));
      report.AddFailed(step.id, std::move(spec), status);
    }
  }
  return report;
}

}  // namespace ichor::networkd
