#include "machined/kubeprism/dialer.h"

#include <sys/epoll.h>

#include <cstddef>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/sys/loopback_socket.h"
#include "lib/sys/tcp_socket.h"

namespace ichor {
namespace {

std::string AddressText(const std::string& ip, std::uint16_t port) {
  return ip.contains(':') ? std::format("[{}]:{}", ip, port) : std::format("{}:{}", ip, port);
}

}  // namespace

struct Dialer::Attempt {
  std::vector<std::string> addresses = {};  // those not tried yet, the next one last
  std::uint16_t port = 0;
  Done done = {};
  base::UniqueFd fd = {};
  base::MonotonicTime begun = {};
  Loop::TimerId timer = {};
};

Dialer::Dialer(Doors doors) : doors_(std::move(doors)) {}

Dialer::~Dialer() {
  for (const auto& [fd, attempt] : attempts_) {
    doors_.loop.poller().Remove(fd);
    doors_.loop.Cancel(attempt->timer);
  }
}

void Dialer::Dial(const Upstream& upstream, Names names, Done done) {
  auto attempt = std::make_shared<Attempt>(Attempt{.port = upstream.port, .done = std::move(done)});
  Lookup(upstream.host, names, [this, attempt](const Addresses& addresses) {
    if (!addresses.ok()) {
      attempt->done(absl::UnavailableError(addresses.status().message()));
      return;
    }
    attempt->addresses.assign(addresses->rbegin(), addresses->rend());
    Try(attempt);
  });
}

void Dialer::Lookup(const std::string& host, Names names,
                    absl::AnyInvocable<void(const Addresses&)> then) {
  std::vector<std::string> known;
  if (ParseNetIP(host).has_value()) {
    known = {host};
  } else if (host == "localhost") {
    known = {"127.0.0.1", "::1"};
  } else if (const auto found = known_.find(host); found != known_.end()) {
    known = names == Names::kAsKnown ? found->second : known;
  }
  if (!known.empty()) {
    doors_.loop.Post([self = std::weak_ptr(self_), known, then = std::move(then)]() mutable {
      if (const auto alive = self.lock()) {
        then(known);
      }
    });
    return;
  }
  Waiting& waiting = lookups_[host];
  waiting.push_back(std::move(then));
  if (waiting.size() > 1) {
    return;
  }
  doors_.resolve(host, [self = std::weak_ptr(self_), host](const Addresses& addresses) {
    const auto alive = self.lock();
    if (alive == nullptr) {
      return;
    }
    Dialer& dialer = **alive;
    if (addresses.ok() && !addresses->empty()) {
      dialer.known_[host] = *addresses;
    } else {
      dialer.known_.erase(host);
    }
    Waiting answered = std::move(dialer.lookups_[host]);
    dialer.lookups_.erase(host);
    for (auto& callback : answered) {
      callback(addresses);
    }
  });
}

void Dialer::Try(const std::shared_ptr<Attempt>& attempt) {
  absl::Status status = absl::UnavailableError("the host has no address");
  while (!attempt->addresses.empty()) {
    const std::string address = AddressText(attempt->addresses.back(), attempt->port);
    attempt->addresses.pop_back();
    auto fd = sys::StartConnectTcp(address);
    status = fd.status();
    if (!fd.ok()) {
      continue;
    }
    attempt->fd = *std::move(fd);
    attempt->begun = doors_.clock.Monotonic();
    status = doors_.loop.poller().Add(attempt->fd.get(), EPOLLOUT,
                                      [this, attempt](std::uint32_t /*ready*/) {
                                        absl::Status result = sys::ConnectResult(attempt->fd.get());
                                        result.Update(sys::PeerAddress(attempt->fd.get()).status());
                                        Finish(attempt, result);
                                      });
    if (status.ok()) {
      attempts_[attempt->fd.get()] = attempt;
      attempt->timer = doors_.loop.RunAt(attempt->begun + kPatience, [this, attempt] {
        Finish(attempt, absl::DeadlineExceededError("no answer"));
      });
      return;
    }
  }
  attempt->done(absl::UnavailableError(status.message()));
}

void Dialer::Finish(const std::shared_ptr<Attempt>& attempt, const absl::Status& status) {
  const int fd = attempt->fd.get();
  attempts_.erase(fd);
  doors_.loop.Cancel(attempt->timer);
  doors_.loop.poller().Remove(fd);
  if (status.ok()) {
    attempt->done(Connection{.fd = std::move(attempt->fd),
                             .latency = doors_.clock.Monotonic() - attempt->begun});
    return;
  }
  attempt->fd.Reset();
  if (attempt->addresses.empty()) {
    attempt->done(absl::UnavailableError(status.message()));
  } else {
    Try(attempt);
  }
}

}  // namespace ichor
