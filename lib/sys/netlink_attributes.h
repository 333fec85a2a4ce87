// The attributes of messages of netlink. See netlink(7), and mnl_attr_ok(3) of libmnl.
#pragma once

#include <libmnl/libmnl.h>

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace ichor::sys {

// `type` is without the flags of nesting and byte order.
using AttributeVisit = absl::FunctionRef<void(const nlattr& attribute, std::uint16_t type)>;

// Visits the members of a nested attribute, up to the first that is not whole.
void ForEachAttribute(const nlattr& nested, AttributeVisit visit);

// The same for a message of generic netlink.
void ForEachAttribute(const nlmsghdr& message, AttributeVisit visit);

// Begins a message of generic netlink.
void PutGenericHeader(nlmsghdr& message, std::uint8_t command, std::uint8_t version);

}  // namespace ichor::sys
