// The way from the top of a document to a value, as messages name it.
#pragma once

#include <string>
#include <string_view>

namespace ichor::config {

// One step; steps live on the stacks of those who walk.
struct Path {
  const Path* parent = nullptr;
  std::string_view key{};  // of a mapping; at the top the document's title, or nothing
  int index = -1;          // of a list, if not negative
};

// "machine.network.interfaces[0].dhcp", `machine.sysctls["net.ipv4.ip_forward"]`,
// "LinkConfig eth0: mtu"; "" at the top of a document without a title.
std::string ToString(const Path& path);

}  // namespace ichor::config
