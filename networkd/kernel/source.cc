#include "networkd/kernel/source.h"

#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/kernel/translate.h"
#include "networkd/link/wireguard.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::networkd {
namespace {

constexpr std::string_view kSource = "network.kernel";
constexpr std::chrono::milliseconds kInterval{20};

Desired<network::RouteStatus> RouteRows(const std::vector<sys::NetRoute>& routes,
                                        const std::map<std::uint32_t, std::string>& names) {
  std::map<std::string, network::RouteStatus::Spec> by_id;
  for (const sys::NetRoute& route : routes) {
    const auto name = names.find(route.link);
    const auto status = ToStatus(route, name == names.end() ? "" : name->second);
    by_id.emplace(IdOf(status), status);
  }
  Desired<network::RouteStatus> rows;
  for (auto& [id, route] : by_id) {
    rows.Add(id, std::move(route));
  }
  return rows;
}

}  // namespace

KernelSource::KernelSource(Environment environment) : environment_(std::move(environment)) {
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
  for (const int descriptor : watched_) {
    environment_.loop.poller().Remove(descriptor);
  }
  if (timer_.has_value()) {
    environment_.loop.Cancel(*timer_);
  }
}

absl::Status KernelSource::Start() {
  RETURN_IF_ERROR(Watch(environment_.netlink.descriptor(), &KernelSource::OnEvents));
  if (environment_.uevents != nullptr) {
    RETURN_IF_ERROR(Watch(environment_.uevents->Descriptor(), &KernelSource::OnUevents));
  }
  return Refresh();
}

// Nothing happens for -1, which a fake has.
absl::Status KernelSource::Watch(int descriptor, void (KernelSource::*method)()) {
  if (descriptor >= 0) {
    RETURN_IF_ERROR(environment_.loop.poller().Add(
        descriptor, EPOLLIN, [this, method](std::uint32_t) { (this->*method)(); }));
    watched_.push_back(descriptor);
  }
  return absl::OkStatus();
}

void KernelSource::OnEvents() {
  environment_.netlink.Drain();
  RefreshSoon();
}

// udevd says when it is done with a link, which rtnetlink does not if the name stays.
void KernelSource::OnUevents() {
  const auto events = environment_.uevents->Drain();
  const bool news = !events.ok() || std::ranges::any_of(*events, [](const sys::Uevent& event) {
    return event.origin == sys::Uevent::Origin::kUdev && event.subsystem == "net";
  });
  if (news) {
    RefreshSoon();
  }
}

void KernelSource::RefreshSoon() {
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

bool KernelSource::DevicesSettled() {
  const auto status = environment_.runtime.Read<runtime::DevicesStatus>();
  return !status.empty() && status.front().spec().ready();
}

absl::Status KernelSource::Refresh() {
  last_ = environment_.clock.Monotonic();
  ASSIGN_OR_RETURN(std::vector<sys::NetLink> links, environment_.netlink.Links());
  if (environment_.uevents != nullptr && !DevicesSettled()) {
    std::erase_if(links, [](const sys::NetLink& link) { return !link.named; });
  }
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
  }
  const auto name_of = [&names](std::uint32_t index) {
    const auto name = names.find(index);
    return name == names.end() ? std::string() : name->second;
  };
  for (const sys::NetLink& link : links) {
    network::LinkStatus::Spec status = ToStatus(link, name_of);
    if (link.kind == "wireguard" && environment_.wireguard != nullptr) {
      if (const auto settings = environment_.wireguard->Read(link.index); settings.ok()) {
        *status.mutable_wireguard() = WireguardStatus(*settings);
      }
    }
    const auto [row, added] = link_rows.emplace(link.name, std::move(status));
    if (added) {
      desired_links.Add(link.name, row->second);
    }
  }
  if (environment_.on_names) {
    environment_.on_names(names);
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
  for (const network::AddressStatus::Spec& external :
       ExternalAddresses(runtime.Read<network::PlatformConfig>())) {
    address_rows.push_back(external);
    by_id[IdOf(external)] = external;
  }
  Desired<network::AddressStatus> desired_addresses;
  for (auto& [id, address] : by_id) {
    desired_addresses.Add(id, std::move(address));
  }
  node_addresses_ = NodeAddressLists(address_rows, link_rows, node_addresses_);
  Desired<network::NodeAddress> desired_lists;
  for (const auto& [id, list] : node_addresses_) {
    desired_lists.Add(id, list);
  }
  for (auto& [id, list] :
       FilteredLists(node_addresses_, runtime.Read<network::NodeAddressFilter>())) {
    desired_lists.Add(id, std::move(list));
  }
  runtime.Publish<network::LinkStatus>(kSource, std::move(desired_links));
  runtime.Publish<network::AddressStatus>(kSource, std::move(desired_addresses));
  runtime.Publish<network::RouteStatus>(kSource, RouteRows(routes, names));
  runtime.Publish<network::NodeAddress>(kSource, std::move(desired_lists));
}

}  // namespace ichor::networkd
