#include "lib/sys/netlink_attributes.h"

#include <linux/genetlink.h>

namespace ichor::sys {
namespace {

void ForEach(const nlattr* attribute, int left, AttributeVisit visit) {
  while (mnl_attr_ok(attribute, left)) {
    visit(*attribute, mnl_attr_get_type(attribute));
    left -= MNL_ALIGN(attribute->nla_len);
    attribute = mnl_attr_next(attribute);
  }
}

}  // namespace

void ForEachAttribute(const nlattr& nested, AttributeVisit visit) {
  ForEach(static_cast<const nlattr*>(mnl_attr_get_payload(&nested)),
          mnl_attr_get_payload_len(&nested), visit);
}

void ForEachAttribute(const nlmsghdr& message, AttributeVisit visit) {
  const int size = static_cast<int>(mnl_nlmsg_get_payload_len(&message)) -
                   static_cast<int>(MNL_ALIGN(sizeof(genlmsghdr)));
  if (size > 0) {
    ForEach(static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(&message, sizeof(genlmsghdr))),
            size, visit);
  }
}

void PutGenericHeader(nlmsghdr& message, std::uint8_t command, std::uint8_t version) {
  auto& head = *static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(&message, sizeof(genlmsghdr)));
  head.cmd = command;
  head.version = version;
}

}  // namespace ichor::sys
