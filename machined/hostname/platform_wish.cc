#include "machined/hostname/platform_wish.h"

#include <string>
#include <utility>

namespace ichor {

absl::StatusOr<Desired<HostnameWish>> WishPlatformHostname(
    const All<network::PlatformConfig>& configs, const All<runtime::PlatformMetadata>& platforms) {
  Desired<HostnameWish> wishes;
  if (!configs.empty() && !configs.front().spec().hostnames().empty()) {
    network::HostnameSpec::Spec wish = configs.front().spec().hostnames(0);
    wish.set_config_layer(talos::resource::definitions::enums::CONFIG_PLATFORM);
    wishes.Add("platform/hostname", std::move(wish));
    return wishes;
  }
  if (platforms.empty() || platforms.front().spec().platform() == "metal" ||
      platforms.front().spec().hostname().empty()) {
    return wishes;
  }
  const std::string name = platforms.front().spec().hostname();
  const size_t dot = name.find('.');
  network::HostnameSpec::Spec wish;
  wish.set_hostname(name.substr(0, dot));
  wish.set_domainname(dot == std::string::npos ? "" : name.substr(dot + 1));
  wish.set_config_layer(talos::resource::definitions::enums::CONFIG_PLATFORM);
  wishes.Add("platform/hostname", std::move(wish));
  return wishes;
}

}  // namespace ichor
