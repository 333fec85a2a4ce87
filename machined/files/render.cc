#include "machined/files/render.h"

#include <algorithm>
#include <format>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/runtime.pb.h"
#include "lib/resource/address_text.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

using files::EtcFileSpec;
using network::HostnameStatus;
using network::NodeAddress;
using network::ResolverStatus;

constexpr int kMostNameServers = 3;  // MAXNS of resolv.conf(5)
constexpr std::string_view kOwnResolver = "127.0.0.53";
constexpr std::uint32_t kReadableByAll = 0644;
constexpr std::uint32_t kPermissions = 0777;

EtcFileSpec::Spec File(std::string contents) {
  EtcFileSpec::Spec file;
  file.set_contents(std::move(contents));
  file.set_mode(kReadableByAll);
  return file;
}

std::string FullName(const HostnameStatus::Spec& name) {
  return name.domainname().empty() ? name.hostname() : name.hostname() + "." + name.domainname();
}

// "10.0.0.2 n1.example.org n1", or nothing while the address or the name is not known.
std::string OwnLine(const All<HostnameStatus>& hostnames, const All<NodeAddress>& addresses) {
  const auto address = addresses.find("default");
  if (hostnames.empty() || address == addresses.end() || address->spec().addresses().empty()) {
    return "";
  }
  const HostnameStatus::Spec& name = hostnames.front().spec();
  const std::string full = FullName(name);
  const std::string alias = full == name.hostname() ? "" : " " + name.hostname();
  common::NetIP own;
  own.set_ip(address->spec().addresses(0).ip());
  return std::format("{} {}{}\n", ToText(own), full, alias);
}

// "10.0.0.9 store store.example.org", a line for each address.
std::string StaticLines(const All<network::StaticHost>& hosts) {
  std::map<std::string, std::string> lines;
  for (const auto& host : hosts) {
    for (const common::NetIP& address : host.spec().addresses()) {
      lines[ToText(address)] += " " + host.id();
    }
  }
  std::string text;
  for (const auto& [address, names] : lines) {
    text += address + names + "\n";
  }
  return text;
}

}  // namespace

absl::StatusOr<Desired<EtcFileSpec>> RenderHosts(const All<HostnameStatus>& hostnames,
                                                 const All<NodeAddress>& addresses,
                                                 const All<network::StaticHost>& hosts) {
  return Desired<EtcFileSpec>{
      {"hosts", File("127.0.0.1 localhost\n" + OwnLine(hostnames, addresses) +
                     "::1 localhost ip6-localhost ip6-loopback\n"
                     "ff02::1 ip6-allnodes\n"
                     "ff02::2 ip6-allrouters\n" +
                     StaticLines(hosts))}};
}

absl::StatusOr<Desired<EtcFileSpec>> RenderResolvConf(const All<ResolverStatus>& resolvers,
                                                      const All<network::HostDNSConfig>& host_dns) {
  std::string text;
  const bool own = !host_dns.empty() && host_dns.front().spec().enabled();
  if (own) {
    text = std::format("nameserver {}\n", kOwnResolver);
  }
  if (!resolvers.empty()) {
    const ResolverStatus::Spec& spec = resolvers.front().spec();
    const int count = own ? 0 : std::min(spec.dns_servers_size(), kMostNameServers);
    for (int i = 0; i < count; ++i) {
      text += std::format("nameserver {}\n", ToText(spec.dns_servers(i)));
    }
    std::string search;
    for (const std::string& domain : spec.search_domains()) {
      search += " " + domain;
    }
    text += search.empty() ? "" : "search" + search + "\n";
  }
  return Desired<EtcFileSpec>{{"resolv.conf", File(std::move(text))}};
}

absl::StatusOr<Desired<EtcFileSpec>> RenderEtcFileConfigs(
    const All<config::MachineConfig>& configs) {
  Desired<EtcFileSpec> files;
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return files;
  }
  for (const auto* document : config->All<config::v1alpha1::EtcFileConfig>()) {
    EtcFileSpec::Spec file;
    file.set_contents(std::string(document->contents()));
    const std::uint32_t mode = document->mode() & kPermissions;
    file.set_mode(mode == 0 ? kReadableByAll : mode);
    files.Add(std::string(document->name()), std::move(file));
  }
  return files;
}

}  // namespace ichor
