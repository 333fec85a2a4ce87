// /proc/net/{tcp,udp,udplite,raw}{,6}. See proc_pid_net(5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "machine/machine.pb.h"

namespace ichor::api::parse {

// One record per line after the heading that is complete, `protocol` in each.
std::vector<machine::ConnectRecord> SocketsOf(std::string_view protocol, std::string_view text);

// Whether `record` passes `filter`: a socket listens if it knows no peer.
bool Passes(const machine::ConnectRecord& record, machine::NetstatRequest::Filter filter);

}  // namespace ichor::api::parse
