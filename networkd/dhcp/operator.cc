#include "networkd/dhcp/operator.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor::networkd {
namespace {

constexpr std::string_view kSource = "network.dhcp4";
constexpr Ipv4 kEverybody = 0xffffffff;
const std::string& BroadcastHardware() {
  static const std::string kAddress(6, '\xff');
  return kAddress;
}

}  // namespace

// One link's client with its sockets and its timer.
class DhcpRunner {
 public:
  DhcpRunner(DhcpOperator& owner, const DhcpLink& link, const LeaseSpec& remembered)
      : owner_(owner),
        environment_(owner.environment_),
        link_(link),
        client_(link.settings, remembered) {
    SetCarrier(link.carrier);
  }
  ~DhcpRunner() { CancelTimer(); }

  const DhcpLink& link() const { return link_; }
  const LeaseSpec& lease() const { return client_.lease(); }

  void SetName(const std::string& name) {
    link_.settings.link_name = name;
    logged_.set_link_name(name);
    client_.SetLinkName(name);
  }

  void SetCarrier(bool carrier) {
    link_.carrier = carrier;
    if (carrier && socket_ == nullptr) {
      auto socket =
          environment_.packets.Open(link_.index, sys::PacketProtocol::kDhcpClient,
                                    [this](std::string_view packet) { OnPacket(packet); });
      if (!socket.ok()) {
        Warn(socket.status());
        return;
      }
      socket_ = *std::move(socket);
    }
    Did(client_.OnCarrier(carrier, Moment()));
  }

 private:
  DhcpClient::Moment Moment() const {
    return {.now = environment_.clock.Monotonic().time_since_epoch(),
            .random = environment_.random()};
  }

  void Warn(const absl::Status& status) const {
    base::Log(base::Severity::kWarning, "dhcp {}: {}", link_.settings.link_name,
              base::MessageOf(status));
  }

  // Anybody can send anything, as often as he likes: one line a second says so.
  void Complain(const absl::Status& status) {
    if (Moment().now >= next_complaint_) {
      Warn(status);
      next_complaint_ = Moment().now + std::chrono::seconds(1);
    }
  }

  void OnPacket(std::string_view packet) {
    const absl::StatusOr<std::string_view> payload = UdpPayload(packet);
    if (!payload.ok()) {
      Complain(payload.status());
      return;
    }
    const absl::StatusOr<DhcpMessage> message = ParseDhcp(*payload);
    if (!message.ok()) {
      Complain(message.status());
      return;
    }
    Did(client_.OnMessage(*message, Moment()));
  }

  void OnArp(std::string_view packet) {
    if (detector_ == nullptr) {
      return;
    }
    const ConflictDetector::Verdict verdict = detector_->OnPacket(packet, Moment().now);
    SendArp(verdict.send);
    if (verdict.conflict.has_value()) {
      Did(client_.OnConflict(*verdict.conflict, Moment()));
    }
  }

  void OnTimer() {
    timer_.reset();
    const DhcpClient::Moment moment = Moment();
    if (detector_ != nullptr) {
      SendArp(detector_->OnTimer(moment.now, moment.random));
    }
    Did(client_.OnTimer(moment));
  }

  void SendArp(const std::vector<std::string>& packets) {
    for (const std::string& packet : packets) {
      if (arp_socket_ != nullptr) {
        if (const absl::Status status = arp_socket_->Send(BroadcastHardware(), packet);
            !status.ok()) {
          Warn(status);
        }
      }
    }
  }

  // After each step of the client: sends, follows its address, logs, sets the timer, publishes.
  void Did(const DhcpClient::Sends& sends) {
    for (const DhcpSend& send : sends) {
      if (const absl::Status status = Send(send); !status.ok()) {
        Warn(status);
      }
    }
    FollowAddress();
    Log();
    SetTimer();
    owner_.Publish();
  }

  absl::Status Send(const DhcpSend& send) {
    const std::string bytes = EncodeDhcp(send.message);
    if (send.to == kEverybody) {
      return socket_ == nullptr
                 ? absl::FailedPreconditionError("no socket")
                 : socket_->Send(BroadcastHardware(), UdpPacket(send.from, send.to, bytes));
    }
    if (datagrams_ == nullptr) {
      ASSIGN_OR_RETURN(datagrams_,
                       environment_.packets.OpenDatagram(link_.settings.link_name,
                                                         Ipv4Bytes(send.from), kDhcpClientPort));
    }
    return datagrams_->Send(Ipv4Bytes(send.to), kDhcpServerPort, bytes);
  }

  void FollowAddress() {
    if (client_.address() == address_) {
      return;
    }
    address_ = client_.address();
    datagrams_.reset();
    detector_.reset();
    arp_socket_.reset();
    if (address_ == 0) {
      return;
    }
    auto socket = environment_.packets.Open(link_.index, sys::PacketProtocol::kArp,
                                            [this](std::string_view packet) { OnArp(packet); });
    if (!socket.ok()) {
      Warn(socket.status());
      return;
    }
    arp_socket_ = *std::move(socket);
    const DhcpClient::Moment moment = Moment();
    detector_ =
        std::make_unique<ConflictDetector>(address_, link_.settings.hardware_address, moment.now);
    SendArp(detector_->OnTimer(moment.now, moment.random));
  }

  void Log() {
    const LeaseSpec& lease = client_.lease();
    if (lease.error() != logged_.error() && !lease.error().empty()) {
      base::Log(base::Severity::kWarning, "dhcp {}: {}", link_.settings.link_name, lease.error());
    }
    if (lease.address().ip() != logged_.address().ip() && lease.has_address()) {
      base::Log(base::Severity::kInfo, "dhcp {}: {}/{} from {}", link_.settings.link_name,
                Ipv4Text(client_.address()), lease.address().prefix_length(),
                Ipv4Text(Ipv4Of(lease.server().ip())));
    }
    logged_ = lease;
  }

  void CancelTimer() {
    if (timer_.has_value()) {
      environment_.loop.Cancel(*timer_);
      timer_.reset();
    }
  }

  void SetTimer() {
    CancelTimer();
    std::optional<BootTime> next = client_.next_timer();
    const auto of_detector =
        detector_ != nullptr ? detector_->next_timer() : std::optional<BootTime>();
    if (of_detector.has_value()) {
      next = std::min(next.value_or(BootTime::max()), *of_detector);
    }
    if (next.has_value()) {
      timer_ = environment_.loop.RunAt(base::MonotonicTime(*next), [this] { OnTimer(); });
    }
  }

  DhcpOperator& owner_;
  const DhcpOperator::Environment& environment_;
  DhcpLink link_;
  DhcpClient client_;
  BootTime next_complaint_{0};
  Ipv4 address_ = 0;  // that the sockets below are for
  LeaseSpec logged_;
  std::unique_ptr<sys::PacketSocket> socket_;
  std::unique_ptr<sys::DatagramSocket> datagrams_;
  std::unique_ptr<ConflictDetector> detector_;
  std::unique_ptr<sys::PacketSocket> arp_socket_;
  std::optional<Loop::TimerId> timer_;
};

DhcpOperator::DhcpOperator(Environment environment) : environment_(std::move(environment)) {
  for (const auto& row : environment_.runtime.Read<network::DHCPLease>()) {
    remembered_[row.id()] = row.spec();
  }
  environment_.runtime.AddSource<network::DHCPLease>(kSource);
  Publish();
}

DhcpOperator::~DhcpOperator() = default;

void DhcpOperator::SetLinks(const std::map<std::string, DhcpLink>& links) {
  for (auto runner = runners_.begin(); runner != runners_.end();) {
    const auto wanted = links.find(runner->first);
    const bool stays = wanted != links.end() &&
                       wanted->second.index == runner->second->link().index &&
                       wanted->second.settings == runner->second->link().settings;
    if (!stays) {
      remembered_[runner->first] = runner->second->lease();
    }
    runner = stays ? std::next(runner) : runners_.erase(runner);
  }
  std::erase_if(remembered_, [&](const auto& entry) { return !links.contains(entry.first); });
  for (const auto& [name, link] : links) {
    if (const auto runner = runners_.find(name); runner != runners_.end()) {
      if (runner->second->link().carrier != link.carrier) {
        runner->second->SetCarrier(link.carrier);
      }
      continue;
    }
    const auto remembered = remembered_.extract(name);
    auto runner = std::make_unique<DhcpRunner>(
        *this, link, remembered.empty() ? LeaseSpec() : remembered.mapped());
    runners_[name] = std::move(runner);
  }
  Publish();
}

void DhcpOperator::FollowNames(const std::map<std::uint32_t, std::string>& names) {
  std::map<std::string, std::unique_ptr<DhcpRunner>> renamed;
  for (auto runner = runners_.begin(); runner != runners_.end();) {
    const auto name = names.find(runner->second->link().index);
    if (name == names.end() || name->second == runner->first) {
      ++runner;
      continue;
    }
    runner->second->SetName(name->second);
    renamed[name->second] = std::move(runner->second);
    runner = runners_.erase(runner);
  }
  if (renamed.empty()) {
    return;
  }
  for (auto& [name, runner] : renamed) {
    runners_[name] = std::move(runner);
  }
  Publish();
}

void DhcpOperator::Publish() {
  Desired<network::DHCPLease> rows;
  for (const auto& [name, runner] : runners_) {
    rows.Add(name, runner->lease());
  }
  for (const auto& [name, lease] : remembered_) {
    rows.Add(name, lease);
  }
  environment_.runtime.Publish<network::DHCPLease>(kSource, std::move(rows));
}

}  // namespace ichor::networkd
