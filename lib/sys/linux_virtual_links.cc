#include "lib/sys/linux_virtual_links.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <format>

#include "lib/base/status.h"
#include "lib/sys/link_messages.h"

namespace ichor::sys {

absl::StatusOr<std::unique_ptr<LinuxVirtualLinks>> LinuxVirtualLinks::Create() {
  ASSIGN_OR_RETURN(std::unique_ptr<NetlinkRequests> requests, NetlinkRequests::Open(NETLINK_ROUTE));
  return std::unique_ptr<LinuxVirtualLinks>(new LinuxVirtualLinks(std::move(requests)));
}

absl::Status LinuxVirtualLinks::Make(const VirtualLink& link) {
  return requests_->Change(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                           std::format("make {} {}", link.kind, link.name),
                           [&link](nlmsghdr& message) { FillNewLink(message, link); });
}

absl::Status LinuxVirtualLinks::Change(std::uint32_t index, const VirtualLink& change) {
  return requests_->Change(
      RTM_NEWLINK, 0, std::format("change {} {}", change.kind, change.name),
      [index, &change](nlmsghdr& message) { FillSettings(message, index, change); });
}

absl::Status LinuxVirtualLinks::Remove(std::uint32_t index) {
  return requests_->Change(RTM_DELLINK, 0, std::format("remove link {}", index),
                           [index](nlmsghdr& message) { FillRemoval(message, index); });
}

absl::Status LinuxVirtualLinks::SetMaster(std::uint32_t index, std::uint32_t master) {
  return requests_->Change(
      RTM_NEWLINK, 0, std::format("make link {} part of link {}", index, master),
      [index, master](nlmsghdr& message) { FillMaster(message, index, master); });
}

absl::Status LinuxVirtualLinks::SetAlias(std::uint32_t index, const std::string& alias) {
  return requests_->Change(
      RTM_NEWLINK, 0, std::format("give link {} the alias \"{}\"", index, alias),
      [index, &alias](nlmsghdr& message) { FillAlias(message, index, alias); });
}

}  // namespace ichor::sys
