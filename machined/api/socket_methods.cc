#include <format>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/parse/sockets.h"
#include "machined/api/parse/text.h"

namespace ichor::api {
namespace {

constexpr size_t kMaxBytes = 32 << 20;

std::vector<std::string> ProtocolsOf(const machine::NetstatRequest::L4proto& wanted) {
  const std::pair<bool, const char*> all[] = {
      {wanted.tcp(), "tcp"},   {wanted.tcp6(), "tcp6"},       {wanted.udp(), "udp"},
      {wanted.udp6(), "udp6"}, {wanted.udplite(), "udplite"}, {wanted.udplite6(), "udplite6"},
      {wanted.raw(), "raw"},   {wanted.raw6(), "raw6"},
  };
  std::vector<std::string> protocols;
  for (const auto& [is_wanted, name] : all) {
    if (is_wanted) {
      protocols.emplace_back(name);
    }
  }
  return protocols;
}

// The inode in "socket:[1234]".
std::optional<std::uint64_t> SocketInode(std::string_view link) {
  constexpr std::string_view kPrefix = "socket:[";
  if (!link.starts_with(kPrefix) || !link.ends_with(']')) {
    return std::nullopt;
  }
  link.remove_prefix(kPrefix.size());
  link.remove_suffix(1);
  return parse::Number(link);
}

using Processes = std::map<std::uint64_t, machine::ConnectRecord::Process>;

void AddSocketsOf(sys::FileView& files, const std::string& pid, Processes& by_inode) {
  const std::string directory = "/proc/" + pid + "/fd";
  const absl::StatusOr<std::vector<std::string>> descriptors = files.Entries(directory);
  if (!descriptors.ok()) {
    return;  // it ended meanwhile
  }
  machine::ConnectRecord::Process process;
  process.set_pid(static_cast<std::uint32_t>(parse::NumberOrZero(pid)));
  const std::string name = files.Read("/proc/" + pid + "/comm", 4096).value_or("");
  process.set_name(name.substr(0, name.find('\n')));
  for (const std::string& descriptor : *descriptors) {
    const auto inode =
        SocketInode(files.ReadLink(std::format("{}/{}", directory, descriptor)).value_or(""));
    if (inode.has_value()) {
      by_inode[*inode] = process;
    }
  }
}

Processes SocketOwners(sys::FileView& files) {
  Processes by_inode;
  for (const std::string& name : files.Entries("/proc").value_or(std::vector<std::string>())) {
    if (parse::Number(name).has_value()) {
      AddSocketsOf(files, name, by_inode);
    }
  }
  return by_inode;
}

absl::StatusOr<machine::NetstatResponse> ReadSockets(sys::FileView& files,
                                                     const machine::NetstatRequest& request) {
  const machine::NetstatRequest::NetNS& spaces = request.netns();
  machine::NetstatResponse reply;
  machine::Netstat& list = *reply.add_messages();
  if (request.has_netns() && !spaces.hostnetwork() && !spaces.allnetns()) {
    return reply;  // of pods alone, and there are none
  }
  const Processes owners = request.feature().pid() ? SocketOwners(files) : Processes();
  for (const std::string& protocol : ProtocolsOf(request.l4proto())) {
    // A kernel without the protocol has no such file.
    const std::string text = files.Read("/proc/net/" + protocol, kMaxBytes).value_or("");
    for (machine::ConnectRecord& record : parse::SocketsOf(protocol, text)) {
      if (!parse::Passes(record, request.filter())) {
        continue;
      }
      const auto owner = owners.find(record.inode());
      if (owner != owners.end() && record.inode() != 0) {
        *record.mutable_process() = owner->second;
      }
      *list.add_connectrecord() = std::move(record);
    }
  }
  return reply;
}

}  // namespace

void AddSocketMethods(Methods& methods) {
  methods.Blocking<machine::NetstatRequest>(
      "/machine.MachineService/Netstat",
      [&files = methods.context().files](const machine::NetstatRequest& request) {
        return ReadSockets(files, request);
      });
}

}  // namespace ichor::api
