#include "networkd/resolver/tcp_dns.h"

#include <algorithm>
#include <utility>

namespace ichor::networkd {
namespace {

constexpr std::size_t kMostMessageBytes = 0xffff;

}  // namespace

TcpDns::TcpDns(Loop& loop, const base::Clock& clock, HostDns& dns)
    : loop_(loop), clock_(clock), dns_(dns) {}

TcpDns::~TcpDns() = default;

void TcpDns::Listen(const std::vector<std::string>& addresses) {
  std::erase_if(listening_,
                [&](const auto& entry) { return !std::ranges::contains(addresses, entry.first); });
  statuses_.clear();
  for (const std::string& address : addresses) {
    statuses_[address] = absl::OkStatus();
    if (listening_.contains(address)) continue;
    auto listener = sys::StreamListener::Listen(
        loop_.poller(), address, [this](base::UniqueFd fd) { OnConnection(std::move(fd)); });
    statuses_[address] = listener.status();
    if (listener.ok()) listening_[address] = *std::move(listener);
  }
}

void TcpDns::OnConnection(base::UniqueFd connection) {
  if (connections_.size() >= kMostConnections) return;  // closes it
  const std::uint64_t id = next_id_++;
  const auto on_message = [this, id](std::string_view message) {
    const std::weak_ptr<sys::MessageStream> weak = connections_.at(id);
    dns_.Answer(message, kMostMessageBytes, [weak](const std::string& reply) {
      if (const auto alive = weak.lock()) alive->Send(reply);
    });
  };
  auto stream = sys::MessageStream::Over(
      loop_.poller(), std::move(connection),
      {.on_message = on_message, .on_end = [this, id] { connections_.erase(id); }});
  if (!stream.ok()) return;
  connections_[id] = *std::move(stream);
  loop_.RunAt(clock_.Monotonic() + kLongestConnection, [self = std::weak_ptr(self_), id] {
    if (const auto alive = self.lock()) (*alive)->connections_.erase(id);
  });
}

}  // namespace ichor::networkd
