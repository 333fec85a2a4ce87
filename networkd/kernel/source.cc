#include "networkd/kernel/source.h"

#include <sys/epoll.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/kernel/translate.h"

namespace ichor::networkd {
namespace {

constexpr std::string_view kSource = "network.kernel";
constexpr std::chrono::milliseconds kInterval{20};

}  // namespace

KernelSource::KernelSource(const Environment& environment) : environment_(environment) {
  Runtime& runtime = environment_.runtime;
  for (const auto& row : runtime.Read<network::NodeAddress>()) {
    node_addresses_[row.id()] = row.spec();
  }
  runtime.AddSource<network::LinkStatus>(kSource);
  runtime.AddSource<network::AddressStatus>(kSource);
  runtime.AddSource<network::RouteStatus>(kSource);
  runtime.AddSource<network::NodeAddress>(kSource);
}

KernelSource::~KernelSource() {
  if (watching_) {
    environment_.loop.poller().Remove(environment_.netlink.descriptor());
  }
  if (timer_.has_value()) {
    environment_.loop.Cancel(*timer_);
  }
}

absl::Status KernelSource::Start() {
  if (environment_.netlink.descriptor() >= 0) {
    RETURN_IF_ERROR(environment_.loop.poller().Add(environment_.netlink.descriptor(), EPOLLIN,
                                                   [this](std::uint32_t) { OnEvents(); }));
    watching_ = true;
  }
  return Refresh();
}

void KernelSource::OnEvents() {
  environment_.netlink.Drain();
  if (timer_.has_value()) {
    return;
  }
  timer_ =
      environment_.loop.RunAt(std::max(last_ + kInterval, environment_.clock.Monotonic()), [this] {
        timer_.reset();
        if (const absl::Status status = Refresh(); !status.ok()) {
          base::LogLine(base::Severity::kError, base::MessageOf(status));
        }
      });
}

absl::Status KernelSource::Refresh() {
  last_ = environment_.clock.Monotonic();
  ASSIGN_OR_RETURN(const std::vector<sys::NetLink> links, environment_.netlink.Links());
  ASSIGN_OR_RETURN(const std::vector<sys::NetAddress> addresses, environment_.netlink.Addresses());
  ASSIGN_OR_RETURN(const std::vector<sys::NetRoute> routes, environment_.netlink.Routes());
  Publish(links, addresses, routes);
  return absl::OkStatus();
}

void KernelSource::Publish(const std::vector<sys::NetLink>& links,
                           const std::vector<sys::NetAddress>& addresses,
                           const std::vector<sys::NetRoute>& routes) {
  Runtime& runtime = environment_.runtime;
  std::map<std::uint32_t, std::string> names;
  LinkRows link_rows;
  Desired<network::LinkStatus> desired_links;
  for (const sys::NetLink& link : links) {
    names[link.index] = link.name;
    if (link_rows.emplace(link.name, ToStatus(link)).second) {
      desired_links.Add(link.name, ToStatus(link));
    }
  }
  // What came while the lists were made may be there twice, or name a link that is gone.
  AddressRows address_rows;
  std::map<std::string, network::AddressStatus::Spec> by_id;
  for (const sys::NetAddress& address : addresses) {
    if (const auto name = names.find(address.link); name != names.end()) {
      address_rows.push_back(ToStatus(address, name->second));
      by_id[IdOf(address_rows.back())] = address_rows.back();
    }
  }
  Desired<network::AddressStatus> desired_addresses;
  for (auto& [id, address] : by_id) {
    desired_addresses.Add(id, std::move(address));
  }
  std::map<std::string, network::RouteStatus::Spec> routes_by_id;
  for (const sys::NetRoute& route : routes) {
    const auto name = names.find(route.link);
    const auto status = ToStatus(route, name == names.end() ? "" : name->second);
    routes_by_id.emplace(IdOf(status), status);
  }
  Desired<network::RouteStatus> desired_routes;
  for (auto& [id, route] : routes_by_id) {
    desired_routes.Add(id, std::move(route));
  }
  node_addresses_ = NodeAddressLists(address_rows, link_rows, node_addresses_);
  Desired<network::NodeAddress> desired_lists;
  for (const auto& [id, list] : node_addresses_) {
    desired_lists.Add(id, list);
  }
  runtime.Publish<network::LinkStatus>(kSource, std::move(desired_links));
  runtime.Publish<network::AddressStatus>(kSource, std::move(desired_addresses));
  runtime.Publish<network::RouteStatus>(kSource, std::move(desired_routes));
  runtime.Publish<network::NodeAddress>(kSource, std::move(desired_lists));
}

}  // namespace ichor::networkd
