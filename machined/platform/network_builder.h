// Wishes of layer platform, gathered from the network-config of a cloud.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/common.pb.h"
#include "lib/runtime/rows.h"
#include "machined/platform/network_config.h"
#include "machined/platform/problems.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

inline constexpr std::uint32_t kPlatformMetric = 1024;  // of routes and leases
inline constexpr std::uint32_t kPlatformV6Metric = 2 * kPlatformMetric;

// `links` outlive it.
class NetworkBuilder {
 public:
  using Link = talos::resource::definitions::network::LinkSpecSpec;

  explicit NetworkBuilder(const All<network::LinkStatus>& links) : links_(links) {}

  // From now on `name` means the card whose hardware address stands at `key`, if there is one.
  void NameCard(const std::string& name, const Fields& fields, std::string_view key);
  // As the kernel calls what the file calls `name`.
  std::string NameOf(const std::string& name) const;

  // The wish for a link, made if there is none yet; with a kind, for one that is made.
  Link& AddLink(const std::string& name, std::string_view kind = "");
  void AddMembers(const std::string& master, const std::vector<std::string>& members);
  void AddDhcp4(const std::string& link, bool require_up);
  void AddDhcp6(const std::string& link, std::uint32_t metric);
  // "10.0.0.5/24". False if it is none.
  bool AddAddress(const std::string& link, std::string_view text);
  // The default route. False if `gateway` is no address.
  bool AddGateway(const std::string& link, std::string_view gateway, std::uint32_t v6_metric);
  // What a route of version 2 says; `on_link`: its gateway is in no subnet. False if it says
  // nothing that makes sense.
  struct Route {
    std::string destination;
    std::string gateway;
    std::uint32_t metric = 0;
    std::uint32_t table = 0;
    bool on_link = false;
  };
  bool AddRoute(const std::string& link, const Route& route);
  // A name server. False if it is none.
  bool AddServer(std::string_view text);
  void AddExternal(const common::NetIP& address) { *config_.add_external_ips() = address; }

  network::PlatformConfig::Spec Take() &&;

 private:
  const All<network::LinkStatus>& links_;
  std::map<std::string, std::string> names_;  // of cards, as the file calls them
  std::map<std::string, Link*> by_name_;
  network::PlatformConfig::Spec config_;
};

// Sets the layer of every wish to platform, and what else follows from the rest of it.
void CompletePlatformConfig(network::PlatformConfig::Spec& config);

}  // namespace ichor
