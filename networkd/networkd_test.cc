// networkd as a whole against the running kernel: a link in a network namespace of its own, whose
// peer in another one has a DHCP server.
#include "networkd/networkd.h"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <format>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/runtime/checkpoint.h"
#include "lib/runtime/rows.h"
#include "lib/runtime/worker_pool.h"
#include "lib/sys/fake_clock_control.h"
#include "lib/sys/linux_ethernet.h"
#include "lib/sys/linux_netlink.h"
#include "lib/sys/linux_network_settings.h"
#include "lib/sys/linux_packets.h"
#include "lib/sys/linux_udp.h"
#include "lib/sys/linux_virtual_links.h"
#include "lib/sys/linux_wireguard.h"
#include "lib/sys/message_stream.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/test_network.h"
#include "lib/sys/unix_socket.h"
#include "networkd/layers.h"
#include "networkd/marks.h"
#include "networkd/resolver/message.h"
#include "networkd/test_dhcp_server.h"

namespace ichor::networkd {
namespace {

using base::IsOk;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::uint8_t kBoot = 3;

std::string Bytes(std::string_view address) {
  return ParseNetIP(address).value_or(common::NetIP()).ip();
}

// One run of networkd; destroyed as when the process ends.
struct Run {
  Run(Loop& the_loop, const base::Clock& clock, NetworkdOptions options)
      : loop(the_loop),
        store(clock),
        runtime(loop, workers, store, clock),
        networkd({.loop = loop,
                  .runtime = runtime,
                  .store = store,
                  .clock = clock,
                  .netlink = *netlink,
                  .virtual_links = *virtual_links,
                  .wireguard = *wireguard,
                  .ethernet = *ethernet,
                  .packets = packets,
                  .udp = udp,
                  .settings = settings,
                  .clock_control = clock_control,
                  .uevents = nullptr,
                  .random = [this] { return random += 0x9e3779b9; }},
                 std::move(options)) {
    REQUIRE_THAT(networkd.Start(), IsOk());
  }

  template <class T>
  std::string Text(std::string_view id) {
    const auto rows = runtime.Read<T>();
    const auto row = rows.find(id);
    return row == rows.end() ? "" : row->spec().ShortDebugString();
  }

  Loop& loop;
  std::unique_ptr<sys::LinuxNetlink> netlink = *sys::LinuxNetlink::Create();
  std::unique_ptr<sys::LinuxVirtualLinks> virtual_links = *sys::LinuxVirtualLinks::Create();
  std::unique_ptr<sys::LinuxWireguard> wireguard = *sys::LinuxWireguard::Create();
  std::unique_ptr<sys::LinuxEthernet> ethernet = *sys::LinuxEthernet::Create();
  sys::LinuxPackets packets{loop.poller()};
  sys::LinuxNetworkSettings settings;
  sys::LinuxUdp udp{loop.poller()};
  sys::FakeClockControl clock_control;  // the machine's clock is not a test's to set
  std::uint32_t random = 1;
  Store store;
  WorkerPool workers{2};
  Runtime runtime;
  Networkd networkd;
};

struct Machine {
  Machine() {
    sys::MakeVethPair("eth0", "peer0", other);
    sys::EnterNetwork(other);
    sys::SetLinkUp("peer0", true);
    const auto there = *sys::LinuxNetlink::Create();
    REQUIRE_THAT(
        there->AddAddress(
            {.link = sys::LinkIndexOf("peer0"), .address = Bytes("10.9.0.1"), .prefix_length = 24}),
        IsOk());
    server = std::make_unique<TestDhcpServer>(loop->poller(), "peer0");
    sys::EnterNetwork(here);
    std::string path = "/tmp/networkd_test.XXXXXX";
    REQUIRE(mkdtemp(path.data()) != nullptr);
    directory = path;
  }

  ~Machine() { std::filesystem::remove_all(directory); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  std::unique_ptr<Run> Start(const std::string& command_line = "ip=eth0:dhcp",
                             const std::string& configuration = "",
                             const std::string& platform = "") {
    return std::make_unique<Run>(*loop, clock,
                                 NetworkdOptions{.kernel_command_line = command_line,
                                                 .socket = "",
                                                 .checkpoint = directory + "/checkpoint",
                                                 .configuration = Text(configuration),
                                                 .platform = Text(platform)});
  }

  // Whether a networkd came to where `done` says, within 8 s. It has ended.
  bool RunOnce(const std::function<bool(Run&)>& done) {
    const std::unique_ptr<Run> run = Start();
    return RunUntil([&] { return done(*run); });
  }

  // Runs the loop until `done`, at most 8 s.
  bool RunUntil(const std::function<bool()>& done) {
    const base::MonotonicTime deadline = clock.Monotonic() + 8s;
    bool result = false;
    std::function<void()> check = [&] {
      result = done();
      if (result || clock.Monotonic() > deadline) {
        loop->Stop();
      } else {
        loop->RunAt(clock.Monotonic() + 5ms, [&] { check(); });
      }
    };
    check();
    loop->Run();
    return result;
  }

  base::RealClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  base::UniqueFd other = sys::EnterNewNetwork();
  base::UniqueFd here = sys::EnterNewNetwork();
  std::unique_ptr<TestDhcpServer> server;
  std::string directory;
};

bool HasAddress(sys::Netlink& netlink, std::string_view address) {
  const auto all = netlink.Addresses();
  REQUIRE_THAT(all, IsOk());
  return std::ranges::any_of(*all,
                             [&](const sys::NetAddress& a) { return a.address == Bytes(address); });
}

// Whether a run that starts now would know the lease.
bool LeaseIsSaved(const Machine& machine) {
  const Kind kind = TypeRef::Of<network::DHCPLease>().kind;
  Store store(machine.clock);
  const auto loaded = LoadCheckpoint(
      store, {.path = machine.directory + "/checkpoint", .program = "networkd", .kinds = {kind}});
  return loaded.ok() && std::ranges::any_of(CheckpointRows(store, {kind}), [](const auto& row) {
           return Row<network::DHCPLease>(*row).spec().phase() == network::DHCPLease::Spec::BOUND;
         });
}

// A connection from here to a listener in the other namespace, and its other end.
struct Connection {
  explicit Connection(Machine& machine) {
    sys::EnterNetwork(machine.other);
    listener = *sys::ListenTcp("10.9.0.1:0");
    const std::uint16_t port = *sys::PortOf(listener.get());
    sys::EnterNetwork(machine.here);
    client = *sys::StartConnectTcp(std::format("10.9.0.1:{}", port));
    REQUIRE(machine.RunUntil([&] { return Accept(); }));
  }

  bool Accept() {
    auto accepted = sys::Accept(listener.get());
    if (!accepted.ok()) {
      return false;
    }
    server = *std::move(accepted);
    return true;
  }

  // Whether bytes still come through.
  bool Works(Machine& machine) const {
    if (!sys::WriteSome(client.get(), "x", 1).ok()) {
      return false;
    }
    char byte = 0;
    return machine.RunUntil([&] { return sys::ReadSome(server.get(), &byte, 1).value_or(0) == 1; });
  }

  base::UniqueFd listener;
  base::UniqueFd client;
  base::UniqueFd server;
};

constexpr const char* kStatic = R"(
  devices {
    which { name: 'eth0' } link { name: 'eth0' up: true mtu: 1400 config_layer: CONFIG_MACHINE_CONFIGURATION }
    addresses {
      address { ip: '\n\t\000\007' prefix_length: 24 } family: FAMILY_INET4
      config_layer: CONFIG_MACHINE_CONFIGURATION
    }
    routes {
      family: FAMILY_INET4 gateway { ip: '\n\t\000\001' } table: TABLE_MAIN priority: 1024
      type: TYPE_UNICAST config_layer: CONFIG_MACHINE_CONFIGURATION
    }
  })";
constexpr const char* kOneRouteMore = R"(
  devices {
    which { name: 'eth0' }
    routes {
      family: FAMILY_INET4 destination { ip: '\nM\000\000' prefix_length: 16 }
      gateway { ip: '\n\t\000\002' } table: TABLE_MAIN priority: 7 type: TYPE_UNICAST
      config_layer: CONFIG_MACHINE_CONFIGURATION
    }
  }
  resolvers { dns_servers { ip: '\t\t\t\t' } config_layer: CONFIG_MACHINE_CONFIGURATION })";

// What the resolver at an address says.
std::string AskByUdp(Machine& machine, Run& run, std::string_view address,
                     const std::string& query) {
  std::string answer;
  const sys::UdpEndpoint resolver{.address = Bytes(address), .port = 53};
  const auto client = run.udp.Connect(
      resolver, [&](const auto& /*from*/, std::string_view bytes) { answer = bytes; });
  REQUIRE_THAT(client.status(), IsOk());
  REQUIRE_THAT((*client)->Send(resolver, query), IsOk());
  CHECK(machine.RunUntil([&] { return !answer.empty(); }));
  return answer;
}
std::string AskByTcp(Machine& machine, std::string_view address, const std::string& query) {
  std::string answer;
  const auto stream = sys::MessageStream::Connect(
      machine.loop->poller(), std::format("{}:53", address),
      {.on_message = [&](std::string_view bytes) { answer = bytes; }, .on_end = [] {}});
  REQUIRE_THAT(stream.status(), IsOk());
  (*stream)->Send(query);
  CHECK(machine.RunUntil([&] { return !answer.empty(); }));
  return answer;
}

bool HasRouteTo(sys::Netlink& netlink, std::string_view destination) {
  const auto all = netlink.Routes();
  REQUIRE_THAT(all, IsOk());
  return std::ranges::any_of(
      *all, [&](const sys::NetRoute& route) { return route.destination == Bytes(destination); });
}

bool HasDefaultRoute(sys::Netlink& netlink, std::string_view gateway) {
  const auto all = netlink.Routes();
  REQUIRE_THAT(all, IsOk());
  return std::ranges::any_of(*all, [&](const sys::NetRoute& route) {
    return route.prefix_length == 0 && route.gateway == Bytes(gateway) &&
           route.protocol == kOurProtocol;
  });
}

}  // namespace

TEST_CASE("networkd: DHCP gives a link its address, route, resolvers and names", "[kernel]") {
  Machine machine;
  machine.server->options[DhcpOption::kDnsServers] = Bytes("10.9.0.53");
  machine.server->options[DhcpOption::kHostname] = "node-a";
  machine.server->options[DhcpOption::kDomainName] = "example.org";
  machine.server->options[DhcpOption::kMtu] = std::string("\x05\x78", 2);
  const auto run = machine.Start();
  REQUIRE(machine.RunUntil([&] {
    return HasAddress(*run->netlink, "10.9.0.5") && HasDefaultRoute(*run->netlink, "10.9.0.1") &&
           run->Text<network::NetworkStatus>("status").contains("connectivity_ready: true");
  }));
  CHECK(run->Text<network::DHCPLease>("eth0").contains("phase: BOUND"));
  CHECK(run->runtime.Read<network::AddressStatus>().find("eth0/10.9.0.5/24") !=
        run->runtime.Read<network::AddressStatus>().end());
  CHECK(run->Text<network::NetworkStatus>("status").contains("address_ready: true"));
  const auto resolvers = run->runtime.Read<network::ResolverStatus>();
  REQUIRE(resolvers.size() == 1);
  REQUIRE(resolvers.front().spec().dns_servers_size() == 1);
  CHECK(ToText(resolvers.front().spec().dns_servers(0)) == "10.9.0.53");
  CHECK(run->Text<Wished<network::HostnameSpec>>("dhcp4/eth0/hostname").contains("node-a"));
  CHECK(machine.RunUntil(
      [&] { return run->Text<network::LinkStatus>("eth0").contains("mtu: 1400"); }));
}

TEST_CASE("networkd: what somebody else made stays, when ours comes and goes", "[kernel]") {
  Machine machine;
  sys::MakeVethPair("cni0", "cni1", machine.other);
  sys::SetLinkUp("cni0", true);
  const std::uint32_t cni = sys::LinkIndexOf("cni0");
  const auto netlink = *sys::LinuxNetlink::Create();
  REQUIRE_THAT(netlink->ChangeLink(cni, {.up = {}, .mtu = 1300}), IsOk());
  const bool firewall = sys::MakeFirewallTable("somebody's");
  const sys::NetAddress address{.link = cni, .address = Bytes("192.168.7.1"), .prefix_length = 24};
  const sys::NetRoute route{.destination = Bytes("10.77.0.0"),
                            .prefix_length = 16,
                            .link = cni,
                            .protocol = kBoot,
                            .scope = 253};
  REQUIRE_THAT(netlink->AddAddress(address), IsOk());
  REQUIRE_THAT(netlink->AddRoute(route), IsOk());
  REQUIRE(machine.RunOnce([&](Run&) { return HasDefaultRoute(*netlink, "10.9.0.1"); }));
  std::filesystem::remove_all(machine.directory);
  // Started without a checkpoint and without DHCP: what it made before is taken away.
  const auto run = machine.Start("");
  REQUIRE(machine.RunUntil(
      [&] { return !HasAddress(*netlink, "10.9.0.5") && !HasDefaultRoute(*netlink, "10.9.0.1"); }));
  CHECK(HasAddress(*netlink, "192.168.7.1"));
  const auto routes = netlink->Routes();
  REQUIRE_THAT(routes, IsOk());
  CHECK(std::ranges::any_of(*routes, [&](const sys::NetRoute& r) {
    return r.destination == route.destination && r.protocol == kBoot;
  }));
  const auto links = netlink->Links();
  REQUIRE_THAT(links, IsOk());
  const auto link = std::ranges::find(*links, cni, &sys::NetLink::index);
  REQUIRE(link != links->end());
  CHECK(link->name == "cni0");
  CHECK(link->mtu == 1300);
  CHECK((link->flags & 1U) != 0);  // IFF_UP
  if (firewall) {
    CHECK(sys::HasFirewallTable("somebody's"));
  } else {
    WARN("the running kernel has no nf_tables");
  }
}

TEST_CASE("networkd: a restart goes on with the lease, without asking again", "[kernel]") {
  Machine machine;
  REQUIRE(machine.RunOnce([&](Run& run) {
    return HasDefaultRoute(*run.netlink, "10.9.0.1") && LeaseIsSaved(machine);
  }));
  machine.server->asked.clear();
  machine.server->silent = true;
  const auto run = machine.Start();
  REQUIRE(machine.RunUntil([&] {
    return run->Text<network::DHCPLease>("eth0").contains("phase: BOUND") &&
           !run->runtime.Read<network::RouteReport>().empty();
  }));
  CHECK(HasAddress(*run->netlink, "10.9.0.5"));
  CHECK(HasDefaultRoute(*run->netlink, "10.9.0.1"));
  CHECK(machine.server->asked.empty());
}

TEST_CASE("networkd: an address that somebody else has is declined and named", "[kernel]") {
  Machine machine;
  machine.server->address = 0x0a090001;  // the server's own
  const auto run = machine.Start();
  REQUIRE(machine.RunUntil(
      [&] { return std::ranges::contains(machine.server->asked, DhcpType::kDecline); }));
  CHECK(machine.RunUntil(
      [&] { return run->Text<network::DHCPLease>("eth0").contains("10.9.0.1 is in use by "); }));
  CHECK(machine.RunUntil([&] { return !HasAddress(*run->netlink, "10.9.0.1"); }));
}

TEST_CASE("networkd: IPv6 of a link takes advertisements and is optimistic", "[kernel]") {
  Machine machine;
  const auto run = machine.Start();
  REQUIRE(machine.RunUntil(
      [&] { return run->Text<network::LinkReport>("eth0").contains("made: true"); }));
  const auto value = run->settings.Read("ipv6/conf/eth0/accept_ra");
  if (absl::IsNotFound(value.status())) {
    SKIP("the running kernel has no IPv6");
  }
  REQUIRE_THAT(value, IsOk());
  CHECK(*value == "2");
  for (const char* const name : {"optimistic_dad", "use_optimistic"}) {
    const auto optimistic = run->settings.Read("ipv6/conf/eth0/" + std::string(name));
    if (!absl::IsNotFound(optimistic.status())) {  // it may not be built in
      REQUIRE_THAT(optimistic, IsOk());
      CHECK(*optimistic == "1");
    }
  }
}

TEST_CASE("networkd: a static address of the command line needs no server", "[kernel]") {
  Machine machine;
  machine.server->silent = true;
  const auto run = machine.Start("ip=10.9.0.77::10.9.0.1:255.255.255.0:n1:eth0:off:9.9.9.9");
  REQUIRE(machine.RunUntil([&] { return HasDefaultRoute(*run->netlink, "10.9.0.1"); }));
  CHECK(HasAddress(*run->netlink, "10.9.0.77"));
  CHECK(machine.server->asked.empty());
  CHECK(run->Text<network::ResolverStatus>("resolvers").size() > 0);
}

TEST_CASE("networkd: what the config says is made; a live change leaves connections alone",
          "[kernel]") {
  Machine machine;
  const auto run = machine.Start("", kStatic);
  REQUIRE(machine.RunUntil([&] { return HasDefaultRoute(*run->netlink, "10.9.0.1"); }));
  CHECK(HasAddress(*run->netlink, "10.9.0.7"));
  CHECK(machine.server->asked.empty());
  REQUIRE(machine.RunUntil(
      [&] { return run->Text<network::LinkStatus>("eth0").contains("mtu: 1400"); }));
  const Connection connection(machine);
  REQUIRE(connection.Works(machine));
  const auto reports = run->runtime.Read<network::AddressReport>();

  run->runtime.Publish<network::NetworkConfiguration>(
      "network.defaults", {{"machine-config", Text(std::string(kStatic) + kOneRouteMore)}});
  REQUIRE(machine.RunUntil([&] { return HasRouteTo(*run->netlink, "10.77.0.0"); }));
  CHECK(connection.Works(machine));
  CHECK(HasAddress(*run->netlink, "10.9.0.7"));
  CHECK(HasDefaultRoute(*run->netlink, "10.9.0.1"));
  CHECK(run->runtime.Read<network::ResolverStatus>().front().spec().dns_servers_size() == 1);

  run->runtime.Publish<network::NetworkConfiguration>("network.defaults",
                                                      {{"machine-config", Text(kStatic)}});
  REQUIRE(machine.RunUntil([&] { return !HasRouteTo(*run->netlink, "10.77.0.0"); }));
  CHECK(connection.Works(machine));
  // The address was never touched: its report is the same row still.
  const auto now = run->runtime.Read<network::AddressReport>();
  const auto version = [](const auto& rows) {
    return rows.find("eth0/10.9.0.7/24")->metadata().version;
  };
  CHECK(version(now) == version(reports));
}

TEST_CASE("networkd: a card's features are as the config says", "[kernel]") {
  Machine machine;
  const auto run = machine.Start("", R"(
    ethernet { which { name: 'eth0' } settings { features { key: 'rx-gro' value: true } } })");
  CHECK(machine.RunUntil([&] {
    return run->Text<network::EthernetStatus>("eth0").contains(R"(name: "rx-gro" status: "on")");
  }));
}

TEST_CASE("networkd: networks are dropped as the config says, of both families", "[kernel]") {
  Machine machine;
  const auto run = machine.Start("", R"(
    routes { family: FAMILY_INET4 destination { ip: '\n\115\000\000' prefix_length: 16 }
             type: TYPE_BLACKHOLE priority: 9 }
    routes { family: FAMILY_INET6 type: TYPE_BLACKHOLE priority: 9 destination { prefix_length: 8
             ip: '\375\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' } })");
  const auto made = [&](const char* id) {
    return run->Text<network::RouteReport>(id).contains("made: true");
  };
  REQUIRE(
      machine.RunUntil([&] { return made("inet4//10.77.0.0/16/9") && made("inet6//fd00::/8/9"); }));
  CHECK(HasRouteTo(*run->netlink, "10.77.0.0"));
  CHECK(HasRouteTo(*run->netlink, "fd00::"));
  run->runtime.Publish<network::NetworkConfiguration>("network.defaults", {{"machine-config", {}}});
  CHECK(machine.RunUntil([&] {
    return !HasRouteTo(*run->netlink, "10.77.0.0") && !HasRouteTo(*run->netlink, "fd00::");
  }));
}

TEST_CASE("networkd: the platform's network comes up on metal too", "[kernel]") {
  Machine machine;
  const auto run = machine.Start("", "dhcp_by_default: true", R"(
    links { name: 'eth0' up: true }
    addresses { link_name: 'eth0' family: FAMILY_INET4 address { ip: '\n\t\000\t' prefix_length: 24 } }
    routes { family: FAMILY_INET4 out_link_name: 'eth0' gateway { ip: '\n\t\000\001' } priority: 7 }
    resolvers { dns_servers { ip: '\n\t\000\003' } }
    external_ips { ip: '\005\t\000\001' })");
  REQUIRE(machine.RunUntil([&] {
    return HasAddress(*run->netlink, "10.9.0.9") && HasDefaultRoute(*run->netlink, "10.9.0.1") &&
           run->Text<network::NodeAddress>("current").contains("address");
  }));
  CHECK(run->runtime.Read<network::OperatorSpec>().empty());  // nobody asks for a lease there
  CHECK(run->Text<network::ResolverStatus>("resolvers").contains("dns_servers"));
  const auto addresses = run->runtime.Read<network::AddressStatus>();
  CHECK(addresses.find("external/5.9.0.1/32") != addresses.end());
}

TEST_CASE("networkd: the node's own resolver answers at its address", "[kernel]") {
  Machine machine;
  const auto run = machine.Start("", R"(
    host_dns { enabled: true serves_pods_v4: true }
    static_hosts { names: 'store' address { ip: '\n\t\000\010' } })");
  REQUIRE(machine.RunUntil([&] {
    return run->Text<network::DNSResolveCache>("udp-127.0.0.53:53").contains("running") &&
           HasAddress(*run->netlink, "169.254.116.108");
  }));
  DnsQuery query;
  query.question = {.name = DnsName("store").value_or(""), .type = 1};
  for (const char* const address : {"127.0.0.53", "169.254.116.108"}) {
    const std::string answer = AskByUdp(machine, *run, address, EncodeDnsQuery(query));
    const auto reply = ParseDnsReply(answer);
    REQUIRE_THAT(reply.status(), IsOk());
    CHECK(reply->addresses == std::vector<std::string>{Bytes("10.9.0.8")});
    CHECK(AskByTcp(machine, address, EncodeDnsQuery(query)) == answer);
  }
}

}  // namespace ichor::networkd
