#include "networkd/resolver/host_dns.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ichor::networkd {
namespace {

constexpr std::size_t kV4Bytes = 4;
constexpr std::size_t kV6Bytes = 16;
constexpr std::uint16_t kInternet = 1;

// What a host's row says to a question; nothing if it is not about addresses.
std::string FromHosts(const DnsQuery& query, const std::vector<std::string>& all) {
  std::vector<std::string> addresses;
  const bool v4 = query.question.type == static_cast<std::uint16_t>(DnsType::kA);
  const bool v6 = query.question.type == static_cast<std::uint16_t>(DnsType::kAaaa);
  if (v4 || v6) {
    std::ranges::copy_if(all, std::back_inserter(addresses), [&](const std::string& address) {
      return address.size() == (v4 ? kV4Bytes : kV6Bytes);
    });
  }
  return DnsAddresses(query, addresses, HostDns::kHostTtl);
}

// The two questions of a lookup, whose answers come in any order.
struct LookupUnderWay {
  std::vector<std::string> v4;
  std::vector<std::string> v6;
  int open = 2;
  HostDns::OnAddresses on_addresses;

  void Finish() {
    if (--open > 0) return;
    std::vector<std::string> all = v4;
    all.insert(all.end(), v6.begin(), v6.end());
    on_addresses(all);
  }
};

}  // namespace

HostDns::HostDns(Environment environment)
    : environment_(std::move(environment)),
      forwarder_({.loop = environment_.loop,
                  .clock = environment_.clock,
                  .udp = environment_.udp,
                  .random = environment_.random,
                  .connect = environment_.connect,
                  .on_health = environment_.on_change}) {}

HostDns::~HostDns() = default;

void HostDns::Listen(const std::vector<sys::UdpEndpoint>& endpoints) {
  std::erase_if(sockets_,
                [&](const auto& entry) { return !std::ranges::contains(endpoints, entry.first); });
  std::map<sys::UdpEndpoint, absl::Status> statuses;
  for (const sys::UdpEndpoint& endpoint : endpoints) {
    if (sockets_.contains(endpoint)) {
      statuses[endpoint] = absl::OkStatus();
      continue;
    }
    auto socket = environment_.udp.Listen(
        endpoint, [this, endpoint](const sys::UdpEndpoint& from, std::string_view bytes) {
          const std::weak_ptr<sys::UdpSocket> weak = sockets_.at(endpoint);
          Answer(bytes, 0, [weak, from](const std::string& reply) {
            // An asker who is gone is his own loss.
            if (const auto alive = weak.lock()) alive->Send(from, reply).IgnoreError();
          });
        });
    statuses[endpoint] = socket.status();
    if (socket.ok()) sockets_[endpoint] = *std::move(socket);
  }
  if (statuses != statuses_) {
    statuses_ = std::move(statuses);
    environment_.on_change();
  }
}

void HostDns::SetServers(const std::vector<std::string>& addresses) {
  if (addresses == servers_) return;
  servers_ = addresses;
  cache_.Clear();
  forwarder_.SetServers(addresses);
  environment_.on_change();
}

void HostDns::Answer(std::string_view bytes, std::size_t room, const Reply& reply) {
  const absl::StatusOr<DnsQuery> query = ParseDnsQuery(bytes);
  if (!query.ok()) {
    const DnsCode code =
        absl::IsUnimplemented(query.status()) ? DnsCode::kNotImplemented : DnsCode::kFormat;
    if (const auto failure = DnsFailure(bytes, code)) reply(*failure);
    return;
  }
  if (room == 0) room = query->room;
  const auto host = hosts_.find(query->question.name);
  if (host != hosts_.end() && query->question.cls == kInternet) {
    reply(FromHosts(*query, host->second));
    return;
  }
  if (const std::optional<std::string> known = cache_.Get(*query, room, Now())) {
    reply(*known);
    return;
  }
  forwarder_.Ask(*query, [self = std::weak_ptr(self_), query = *query, room,
                          reply](const absl::StatusOr<Forwarder::Answer>& answer) {
    const auto alive = self.lock();
    if (alive == nullptr) return;
    if (!answer.ok()) {
      reply(DnsFailure(query, DnsCode::kServer));
      return;
    }
    (*alive)->cache_.Put(query, answer->bytes, answer->reply, (*alive)->Now());
    reply(DnsAnswerTo(query, answer->bytes, answer->reply, 0, room));
  });
}

void HostDns::Lookup(const std::string& name, const OnAddresses& on_addresses) {
  const std::optional<std::string> wire = DnsName(name);
  if (!wire.has_value()) {
    on_addresses({});
    return;
  }
  if (const auto host = hosts_.find(*wire); host != hosts_.end()) {
    on_addresses(host->second);
    return;
  }
  const auto lookup = std::make_shared<LookupUnderWay>();
  lookup->on_addresses = on_addresses;
  for (const bool v4 : {true, false}) {
    DnsQuery query;
    query.question = {.name = *wire,
                      .type = static_cast<std::uint16_t>(v4 ? DnsType::kA : DnsType::kAaaa)};
    forwarder_.Ask(query, [lookup, v4](const absl::StatusOr<Forwarder::Answer>& answer) {
      if (answer.ok()) (v4 ? lookup->v4 : lookup->v6) = answer->reply.addresses;
      lookup->Finish();
    });
  }
}

}  // namespace ichor::networkd
