#include "networkd/route/apply.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <string>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/marks.h"
#include "networkd/route/policy.h"

namespace ichor::networkd {
namespace {

using network::RouteReport;
using network::RouteSpec;

KernelRoute ToKernel(const sys::NetRoute& route) {
  return {.v6 = route.family == AF_INET6,
          .destination = route.destination,
          .prefix_length = route.prefix_length,
          .gateway = route.gateway,
          .source = route.source,
          .link = DropsPackets(route.type) ? 0 : route.link,
          .table = route.table,
          .priority = route.priority,
          .scope = route.scope,
          .type = route.type,
          .mtu = route.mtu};
}

sys::NetRoute ToNet(const KernelRoute& route) {
  return {.family = route.v6 ? std::uint8_t{AF_INET6} : std::uint8_t{AF_INET},
          .destination = route.destination,
          .prefix_length = static_cast<std::uint8_t>(route.prefix_length),
          .gateway = route.gateway,
          .source = route.source,
          .link = route.link,
          .table = route.table,
          .priority = route.priority,
          .protocol = kOurProtocol,
          .scope = static_cast<std::uint8_t>(route.scope),
          .type = static_cast<std::uint8_t>(route.type),
          .mtu = route.mtu};
}

struct Observed {
  std::vector<KernelRoute> ours;
  std::vector<Subnet> subnets;
};

absl::StatusOr<Observed> Observe(sys::Netlink& netlink) {
  ASSIGN_OR_RETURN(const std::vector<sys::NetRoute> routes, netlink.Routes());
  Observed observed;
  for (const sys::NetRoute& route : routes) {
    if (route.protocol == kOurProtocol) {
      observed.ours.push_back(ToKernel(route));
    }
    if (route.gateway.empty() && route.link != 0 && route.table == RT_TABLE_MAIN &&
        route.prefix_length > 0) {
      observed.subnets.push_back(
          {.link = route.link, .address = route.destination, .prefix_length = route.prefix_length});
    }
  }
  return observed;
}

void Add(const RoutePlan::Step& step, sys::Netlink& netlink, Report<RouteReport>& report) {
  RouteReport::Spec spec;
  if (!step.there && !step.waiting.empty()) {
    spec.set_error(step.waiting);
    report.Add(step.id, std::move(spec));
    return;
  }
  const absl::Status status = step.there ? absl::OkStatus() : netlink.AddRoute(ToNet(step.route));
  spec.set_made(status.ok());
  if (status.ok()) {
    report.Add(step.id, std::move(spec));
  } else {
    spec.set_error(std::string(base::MessageOf(status)));
    report.AddFailed(step.id, std::move(spec), status);
  }
}

}  // namespace

Report<RouteReport> ApplyRoutes(const All<RouteSpec>& desired,
                                const All<network::LinkStatus>& links, sys::Netlink& netlink) {
  Report<RouteReport> report;
  absl::StatusOr<Observed> observed = Observe(netlink);
  if (!observed.ok()) {
    for (const auto& row : desired) {
      RouteReport::Spec spec;
      spec.set_error(std::string(base::MessageOf(observed.status())));
      report.AddFailed(row.id(), std::move(spec), observed.status());
    }
    return report;
  }
  const RoutePlan plan = PlanRoutes(desired, links, observed->ours, std::move(observed->subnets));
  for (const KernelRoute& route : plan.remove) {
    const absl::Status status = netlink.RemoveRoute(ToNet(route));
    if (!status.ok() && !absl::IsNotFound(status)) {
      base::LogLine(base::Severity::kError, base::MessageOf(status));
    }
  }
  for (const RoutePlan::Step& step : plan.steps) {
    Add(step, netlink, report);
  }
  return report;
}

}  // namespace ichor::networkd
