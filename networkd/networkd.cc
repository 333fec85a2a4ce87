#include "networkd/networkd.h"

#include <map>
#include <memory>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/address/apply.h"
#include "networkd/address/policy.h"
#include "networkd/cmdline/arguments.h"
#include "networkd/cmdline/policy.h"
#include "networkd/configuration/policy.h"
#include "networkd/dhcp/policy.h"
#include "networkd/ethernet/apply.h"
#include "networkd/ethernet/policy.h"
#include "networkd/link/aliases.h"
#include "networkd/link/apply.h"
#include "networkd/link/policy.h"
#include "networkd/platform/policy.h"
#include "networkd/resolver/policy.h"
#include "networkd/resolver/settings.h"
#include "networkd/route/apply.h"
#include "networkd/route/policy.h"
#include "networkd/status/policy.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor::networkd {
namespace {

constexpr std::string_view kOwner = "networkd";
constexpr std::string_view kDefaults = "network.defaults";
constexpr std::string_view kCmdline = "network.kernel-cmdline";

CheckpointOptions CheckpointAt(const std::string& path) {
  return {
      .path = path,
      .program = std::string(kOwner),
      .kinds = {TypeRef::Of<network::DHCPLease>().kind, TypeRef::Of<network::NodeAddress>().kind,
                TypeRef::Of<time::TimeStatus>().kind}};
}

}  // namespace

Networkd::Networkd(Environment environment, NetworkdOptions options)
    : environment_(std::move(environment)), options_(std::move(options)) {}

absl::Status Networkd::Start() {
  Load();
  dhcp_ = std::make_unique<DhcpOperator>(DhcpOperator::Environment{.loop = environment_.loop,
                                                                   .runtime = environment_.runtime,
                                                                   .packets = environment_.packets,
                                                                   .clock = environment_.clock,
                                                                   .random = environment_.random});
  kernel_ = std::make_unique<KernelSource>(KernelSource::Environment{
      .loop = environment_.loop,
      .runtime = environment_.runtime,
      .netlink = environment_.netlink,
      .wireguard = &environment_.wireguard,
      .clock = environment_.clock,
      .uevents = environment_.uevents,
      .on_names = [this](const auto& names) { dhcp_->FollowNames(names); }});
  services_ = std::make_unique<NetworkServices>(
      NetworkServices::Environment{.loop = environment_.loop,
                                   .runtime = environment_.runtime,
                                   .clock = environment_.clock,
                                   .udp = environment_.udp,
                                   .clock_control = environment_.clock_control,
                                   .random = environment_.random});
  RegisterReconcilers();
  RegisterActuators();
  RegisterNotices();
  environment_.runtime.Publish<Wished<network::TimeServerSpec>>(kDefaults, DefaultTimeServers());
  network::NodeAddressSortAlgorithm::Spec algorithm;
  algorithm.set_algorithm(talos::resource::definitions::enums::ADDRESS_SORT_ALGORITHM_V1);
  environment_.runtime.Publish<network::NodeAddressSortAlgorithm>(kDefaults,
                                                                  {{"default", algorithm}});
  if (!options_.socket.empty()) {
    mirror_ =
        std::make_unique<state::Mirror>(state::Mirror::Environment{.loop = environment_.loop,
                                                                   .runtime = environment_.runtime,
                                                                   .store = environment_.store,
                                                                   .clock = environment_.clock},
                                        MirrorOptionsOf());
  } else {
    SpeakForMachined();
  }
  PublishCommandLine();
  RETURN_IF_ERROR(environment_.runtime.Validate());
  return kernel_->Start();
}

void Networkd::Load() {
  if (options_.checkpoint.empty()) {
    return;
  }
  const auto loaded = LoadCheckpoint(environment_.store, CheckpointAt(options_.checkpoint));
  if (!loaded.ok() && !absl::IsNotFound(loaded.status())) {
    base::LogLine(base::Severity::kError, base::MessageOf(loaded.status()));
  }
}

// Where no machined is, nobody will ever say anything.
void Networkd::SpeakForMachined() {
  for (const TypeRef& type : MirrorOptionsOf().follow) {
    if (type.kind != TypeRef::Of<network::NetworkConfiguration>().kind &&
        type.kind != TypeRef::Of<network::PlatformConfig>().kind) {
      environment_.runtime.SetExternal(type, true);
    }
  }
  environment_.runtime.Publish<network::NetworkConfiguration>(
      kDefaults, {{"machine-config", options_.configuration}});
  environment_.runtime.Publish<network::PlatformConfig>(kDefaults, {{"active", options_.platform}});
}

void Networkd::PublishCommandLine() {
  for (const std::string& error : ParseNetworkArguments(options_.kernel_command_line).errors) {
    base::Log(base::Severity::kWarning, "kernel command line: {}", error);
  }
  runtime::KernelCmdline::Spec spec;
  spec.set_cmdline(options_.kernel_command_line);
  environment_.runtime.Publish<runtime::KernelCmdline>(kCmdline, {{"cmdline", std::move(spec)}});
}

void Networkd::RegisterReconcilers() {
  Runtime& runtime = environment_.runtime;
  runtime.Reconcile("network.cmdline-wishes", CmdlineNetwork);
  runtime.Reconcile("network.wish-configuration", WishConfiguration);
  runtime.Reconcile("network.wish-platform", WishPlatform);
  runtime.Reconcile("network.describe-ethernet", DescribeEthernet);
  runtime.Reconcile("network.diagnose-link-names", DiagnoseLinkNames);
  runtime.Reconcile("network.default-resolvers", DefaultResolvers);
  runtime.Reconcile("network.describe-host-dns", DescribeHostDns);
  runtime.Reconcile("network.default-links", DefaultLinks);
  runtime.Reconcile("network.default-addresses", DefaultAddresses);
  runtime.Reconcile("network.default-operators", DefaultOperators);
  runtime.Reconcile("network.lease-wishes", LeaseWishes);
  runtime.Reconcile("network.merge-links", MergeLinks);
  runtime.Reconcile("network.merge-addresses", MergeAddresses);
  runtime.Reconcile("network.merge-routes", MergeRoutes);
  runtime.Reconcile("network.merge-operators", MergeOperators);
  runtime.Reconcile("network.merge-resolvers", MergeResolvers);
  runtime.Reconcile("network.merge-time-servers", MergeTimeServers);
  runtime.Reconcile("network.resolvers-in-use", ResolversInUse);
  runtime.Reconcile("network.time-servers-in-use", TimeServersInUse);
  runtime.Reconcile("network.first-hardware-address", FirstHardwareAddress);
  runtime.Reconcile("network.readiness", NetworkReadiness);
}

void Networkd::RegisterActuators() {
  using network::AddressStatus;
  using network::LinkStatus;
  Runtime& runtime = environment_.runtime;
  sys::Netlink& netlink = environment_.netlink;
  runtime.Actuate<network::LinkSpec, LinkStatus>(
      "network.apply-links",
      [doors = LinkDoors{.netlink = netlink,
                         .virtual_links = environment_.virtual_links,
                         .wireguard = environment_.wireguard,
                         .settings = environment_.settings}](
          const auto& desired, const auto& links) { return ApplyLinks(desired, links, doors); });
  runtime.Actuate<network::LinkAliasSpec, LinkStatus>(
      "network.apply-aliases",
      [aliases = std::make_shared<LinkAliases>(), &links = environment_.virtual_links](
          const auto& desired, const auto& observed) {
        return aliases->Apply(desired, observed, links);
      });
  runtime.Actuate<network::EthernetSpec, LinkStatus>(
      "network.apply-ethernet",
      [&ethernet = environment_.ethernet](const auto& desired, const auto& links) {
        return ApplyEthernet(desired, links, ethernet);
      });
  // What the kernel has now is a reason to look again: an address may be gone.
  runtime.Actuate<network::AddressSpec, LinkStatus, AddressStatus>(
      "network.apply-addresses",
      [&netlink](const auto& desired, const auto& links, const auto& /*addresses*/) {
        return ApplyAddresses(desired, links, netlink);
      });
  runtime.Actuate<network::RouteSpec, LinkStatus, AddressStatus, network::RouteStatus>(
      "network.apply-routes",
      [&netlink](const auto& desired, const auto& links, const auto& /*addresses*/,
                 const auto& /*routes*/) { return ApplyRoutes(desired, links, netlink); });
}

// What has its work on the loop.
void Networkd::RegisterNotices() {
  using network::LinkStatus;
  Runtime& runtime = environment_.runtime;
  const auto post = [mailbox = environment_.loop.mailbox(),
                     self = std::weak_ptr(self_)](void (Networkd::*method)()) {
    mailbox->Post([self, method] {
      if (const auto alive = self.lock()) {
        ((*alive)->*method)();
      }
    });
    return absl::OkStatus();
  };
  runtime.Actuate<runtime::DevicesStatus>("network.await-devices", [post](const auto& /*devices*/) {
    return post(&Networkd::OnDevices);
  });
  // Addresses that only the platform knows of are listed with the kernel's, and what Kubernetes
  // has of them is left out of some lists.
  runtime.Actuate<network::PlatformConfig, network::NodeAddressFilter>(
      "network.notice-lists", [post](const auto& /*configs*/, const auto& /*filters*/) {
        return post(&Networkd::OnDevices);
      });
  runtime.Actuate<network::OperatorSpec, LinkStatus>(
      "network.run-operators", [post](const auto& /*operators*/, const auto& /*links*/) {
        return post(&Networkd::RunOperators);
      });
  runtime.Actuate<network::NetworkConfiguration, network::HostDNSConfig, network::ResolverStatus,
                  network::TimeServerStatus, network::NetworkStatus>(
      "network.run-services",
      [post](const auto& /*configuration*/, const auto& /*host_dns*/, const auto& /*resolvers*/,
             const auto& /*time_servers*/,
             const auto& /*network*/) { return post(&Networkd::RunServices); });
  if (!options_.checkpoint.empty()) {
    runtime.Actuate<network::DHCPLease, network::NodeAddress, time::TimeStatus>(
        "network.save-checkpoint", [post](const auto& /*leases*/, const auto& /*addresses*/,
                                          const auto& /*time*/) { return post(&Networkd::Save); });
  }
}

void Networkd::OnDevices() {
  if (const absl::Status status = Refresh(); !status.ok()) {
    base::LogLine(base::Severity::kError, base::MessageOf(status));
  }
}

void Networkd::RunServices() {
  services_->Follow();
}

void Networkd::RunOperators() {
  Runtime& runtime = environment_.runtime;
  const auto hostname = runtime.Read<network::HostnameStatus>();
  std::map<std::string, DhcpLink> links;
  for (const auto& [name, wanted] :
       WantedDhcp(runtime.Read<network::OperatorSpec>(), runtime.Read<network::LinkStatus>())) {
    links[name] = {
        .index = wanted.link,
        .carrier = wanted.carrier,
        .settings = {.link_name = name,
                     .hardware_address = wanted.hardware_address,
                     .client_id = wanted.client_id,
                     .hostname = hostname.empty() ? "" : hostname.front().spec().hostname(),
                     .ask_hostname = wanted.ask_hostname,
                     .ask_routes = wanted.ask_routes,
                     .route_metric = wanted.route_metric}};
  }
  dhcp_->SetLinks(links);
}

void Networkd::Save() {
  const CheckpointOptions options = CheckpointAt(options_.checkpoint);
  const absl::Status status =
      SaveCheckpoint(CheckpointRows(environment_.store, options.kinds), options);
  if (!status.ok()) {
    base::LogLine(base::Severity::kError, base::MessageOf(status));
  }
}

state::MirrorOptions Networkd::MirrorOptionsOf() const {
  return {
      .path = options_.socket,
      .owner = std::string(kOwner),
      .follow = {TypeRef::Of<network::HostnameStatus>(), TypeRef::Of<files::EtcFileStatus>(),
                 TypeRef::Of<runtime::DevicesStatus>(),
                 TypeRef::Of<network::NetworkConfiguration>(),
                 TypeRef::Of<network::PlatformConfig>(), TypeRef::Of<network::LinkAliasSpec>(),
                 TypeRef::Of<network::NodeAddressFilter>()},
      .publish = {TypeRef::Of<network::LinkStatus>(),
                  TypeRef::Of<network::AddressStatus>(),
                  TypeRef::Of<network::RouteStatus>(),
                  TypeRef::Of<network::NodeAddress>(),
                  TypeRef::Of<network::HardwareAddress>(),
                  TypeRef::Of<network::NodeAddressSortAlgorithm>(),
                  TypeRef::Of<network::NetworkStatus>(),
                  TypeRef::Of<network::ResolverStatus>(),
                  TypeRef::Of<network::TimeServerStatus>(),
                  TypeRef::Of<network::HostDNSConfig>(),
                  TypeRef::Of<network::DNSResolveCache>(),
                  TypeRef::Of<network::DNSUpstream>(),
                  TypeRef::Of<time::TimeStatus>(),
                  TypeRef::Of<network::DHCPLease>(),
                  TypeRef::Of<network::LinkReport>(),
                  TypeRef::Of<network::AddressReport>(),
                  TypeRef::Of<network::RouteReport>(),
                  TypeRef::Of<network::EthernetSpec>(),
                  TypeRef::Of<network::EthernetStatus>(),
                  TypeRef::Of<network::LinkSpec>(),
                  TypeRef::Of<network::AddressSpec>(),
                  TypeRef::Of<network::RouteSpec>(),
                  TypeRef::Of<network::ResolverSpec>(),
                  TypeRef::Of<network::TimeServerSpec>(),
                  TypeRef::Of<network::OperatorSpec>(),
                  TypeRef::Of<Wished<network::LinkSpec>>(),
                  TypeRef::Of<Wished<network::AddressSpec>>(),
                  TypeRef::Of<Wished<network::RouteSpec>>(),
                  TypeRef::Of<Wished<network::ResolverSpec>>(),
                  TypeRef::Of<Wished<network::TimeServerSpec>>(),
                  TypeRef::Of<Wished<network::OperatorSpec>>(),
                  TypeRef::Of<Wished<network::HostnameSpec>>(),
                  TypeRef::Of<runtime::Diagnostic>()},
  };
}

}  // namespace ichor::networkd
