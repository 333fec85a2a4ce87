#include "networkd/dhcp/client.h"

#include <algorithm>
#include <chrono>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/time_proto.h"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::chrono::milliseconds kFirstRetry = 1s;
constexpr unsigned kLongestShift = 6;  // 64 s
constexpr std::chrono::milliseconds kShortestRenewal = 5s;
constexpr std::chrono::milliseconds kAfterDecline = 10s;
constexpr std::chrono::milliseconds kAfterNak = 1s;
constexpr unsigned kRequestAttempts = 4;
constexpr unsigned kConfirmAttempts = 3;
constexpr std::size_t kMaxErrorBytes = 100;

Ipv4 AddressOf(const LeaseSpec& lease) {
  return Ipv4Of(lease.address().ip());
}

// Option 121 before 3, as RFC 3442 wants.
std::string Parameters(const DhcpSettings& settings) {
  std::vector<DhcpOption> options = {DhcpOption::kSubnetMask};
  if (settings.ask_routes) {
    options.insert(options.end(), {DhcpOption::kClasslessRoutes, DhcpOption::kRouters});
  }
  options.insert(options.end(), {DhcpOption::kDnsServers, DhcpOption::kDomainSearch,
                                 DhcpOption::kNtpServers, DhcpOption::kMtu, DhcpOption::kLeaseTime,
                                 DhcpOption::kRenewalTime, DhcpOption::kRebindingTime});
  if (settings.ask_hostname) {
    options.insert(options.end(), {DhcpOption::kHostname, DhcpOption::kDomainName});
  }
  std::string parameters;
  for (const DhcpOption option : options) {
    parameters.push_back(static_cast<char>(option));
  }
  return parameters;
}

// What a server says about itself, fit for a log.
std::string Printable(std::string_view text) {
  std::string printable(text.substr(0, kMaxErrorBytes));
  std::ranges::replace_if(printable, [](char c) { return c < ' ' || c > '~'; }, '?');
  return printable;
}

}  // namespace

DhcpClient::DhcpClient(DhcpSettings settings, const LeaseSpec& remembered)
    : settings_(std::move(settings)) {
  TakeOver(remembered);
  lease_.set_phase(LeaseSpec::WAITING);
}

void DhcpClient::TakeOver(LeaseSpec lease) {
  lease.set_link_name(settings_.link_name);
  lease.set_route_metric(settings_.route_metric);
  if (!settings_.ask_routes) {
    lease.clear_gateways();
    lease.clear_routes();
  }
  lease_ = std::move(lease);
}

Ipv4 DhcpClient::address() const {
  return AddressOf(lease_);
}

void DhcpClient::SetLinkName(const std::string& name) {
  settings_.link_name = name;
  lease_.set_link_name(name);
}

DhcpMessage DhcpClient::Message(DhcpType type, BootTime now) const {
  DhcpMessage message;
  message.transaction = transaction_;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - exchange_began_);
  message.seconds =
      static_cast<std::uint16_t>(std::clamp<std::int64_t>(seconds.count(), 0, 0xffff));
  message.hardware_address = settings_.hardware_address;
  message.options[DhcpOption::kMessageType] = std::string(1, static_cast<char>(type));
  if (!settings_.client_id.empty()) {
    message.options[DhcpOption::kClientId] = settings_.client_id;
  }
  if (type != DhcpType::kDecline) {
    message.options[DhcpOption::kParameters] = Parameters(settings_);
    message.options[DhcpOption::kMaxSize] = std::string("\x05\xdc", 2);  // 1500
    if (!settings_.hostname.empty()) {
      message.options[DhcpOption::kHostname] = settings_.hostname;
    }
  }
  return message;
}

void DhcpClient::Begin(LeaseSpec::Phase phase, const Moment& moment) {
  lease_.set_phase(phase);
  transaction_ = moment.random;
  exchange_began_ = moment.now;
  attempts_ = 0;
}

// 1 s, 2 s … 64 s, each a quarter shorter or longer by chance.
void DhcpClient::RetryLater(const Moment& moment) {
  const std::chrono::milliseconds pause = kFirstRetry * (1U << std::min(attempts_, kLongestShift));
  const std::chrono::milliseconds chance = pause * (moment.random % 512) / 1024 - pause / 4;
  next_timer_ = moment.now + pause + chance;
  ++attempts_;
}

void DhcpClient::Drop() {
  LeaseSpec empty;
  empty.set_link_name(lease_.link_name());
  empty.set_route_metric(lease_.route_metric());
  empty.set_phase(lease_.phase());
  empty.set_error(lease_.error());
  lease_ = std::move(empty);
}

void DhcpClient::StartOver(std::string error, BootTime begin) {
  Drop();
  lease_.set_error(std::move(error));
  lease_.set_phase(LeaseSpec::DISCOVERING);
  transaction_ = 0;  // answers to the old question are none to the next
  attempts_ = 0;
  next_timer_ = begin;
}

DhcpClient::Sends DhcpClient::Discover(const Moment& moment) {
  if (lease_.phase() != LeaseSpec::DISCOVERING || transaction_ == 0) {
    Begin(LeaseSpec::DISCOVERING, moment);
  }
  RetryLater(moment);
  return {{.message = Message(DhcpType::kDiscover, moment.now)}};
}

DhcpClient::Sends DhcpClient::Request(const Moment& moment) {
  if (attempts_ == kRequestAttempts) {
    transaction_ = 0;
    return Discover(moment);
  }
  RetryLater(moment);
  DhcpSend send{.message = Message(DhcpType::kRequest, moment.now)};
  send.message.options[DhcpOption::kRequestedAddress] = offer_.address().ip();
  send.message.options[DhcpOption::kServerId] = offer_.server().ip();
  return {std::move(send)};
}

DhcpClient::Sends DhcpClient::Confirm(const Moment& moment) {
  if (attempts_ == kConfirmAttempts) {
    return GoOn(moment);  // nobody says no
  }
  RetryLater(moment);
  DhcpSend send{.message = Message(DhcpType::kRequest, moment.now)};
  send.message.options[DhcpOption::kRequestedAddress] = lease_.address().ip();
  return {std::move(send)};
}

DhcpClient::Sends DhcpClient::Renew(const Moment& moment) {
  const bool rebinding = moment.now >= FromProto(lease_.rebind_at());
  const LeaseSpec::Phase phase = rebinding ? LeaseSpec::REBINDING : LeaseSpec::RENEWING;
  if (lease_.phase() != phase) {
    Begin(phase, moment);
  }
  const BootTime until = FromProto(rebinding ? lease_.expires_at() : lease_.rebind_at());
  const BootTime pause = std::max<BootTime>((until - moment.now) / 2, kShortestRenewal);
  next_timer_ = std::min(until, moment.now + pause);
  ++attempts_;
  DhcpSend send{.message = Message(DhcpType::kRequest, moment.now), .from = address()};
  send.message.client_address = address();
  if (!rebinding) {
    send.to = Ipv4Of(lease_.server().ip());
  }
  return {std::move(send)};
}

// With the lease as it is: what its times say.
DhcpClient::Sends DhcpClient::GoOn(const Moment& moment) {
  if (address() == 0 || moment.now >= FromProto(lease_.expires_at())) {
    if (address() != 0) {
      StartOver(std::format("the lease of {} ended", Ipv4Text(address())), moment.now);
    }
    return carrier_ ? Discover(moment) : Sends{};
  }
  if (moment.now >= FromProto(lease_.renew_at()) && carrier_) {
    return Renew(moment);
  }
  lease_.set_phase(carrier_ ? LeaseSpec::BOUND : LeaseSpec::WAITING);
  next_timer_ = FromProto(carrier_ ? lease_.renew_at() : lease_.expires_at());
  return {};
}

DhcpClient::Sends DhcpClient::OnCarrier(bool carrier, const Moment& moment) {
  if (carrier == carrier_) {
    return {};
  }
  carrier_ = carrier;
  if (!carrier) {
    transaction_ = 0;
    lease_.set_phase(LeaseSpec::WAITING);
    next_timer_ = address() == 0 ? std::nullopt : std::optional(FromProto(lease_.expires_at()));
    return {};
  }
  // The first carrier with a remembered lease: the process was started again, the link is as it
  // was.
  if (address() == 0 || !std::exchange(had_carrier_, true)) {
    return GoOn(moment);
  }
  Begin(LeaseSpec::CONFIRMING, moment);
  return Confirm(moment);
}

DhcpClient::Sends DhcpClient::OnTimer(const Moment& moment) {
  if (!next_timer_.has_value() || moment.now < *next_timer_) {
    return {};
  }
  next_timer_.reset();
  if (address() != 0 && moment.now >= FromProto(lease_.expires_at())) {
    const bool waiting = lease_.phase() == LeaseSpec::WAITING;
    StartOver(std::format("the lease of {} ended", Ipv4Text(address())), moment.now);
    if (waiting) {
      lease_.set_phase(LeaseSpec::WAITING);
      next_timer_.reset();
    }
  }
  switch (lease_.phase()) {
    case LeaseSpec::DISCOVERING:
      return Discover(moment);
    case LeaseSpec::REQUESTING:
      return Request(moment);
    case LeaseSpec::CONFIRMING:
      return Confirm(moment);
    case LeaseSpec::BOUND:
    case LeaseSpec::RENEWING:
    case LeaseSpec::REBINDING:
      return Renew(moment);
    default:
      return {};
  }
}

bool DhcpClient::IsOurServer(const DhcpMessage& message, const LeaseSpec& lease) const {
  return message.option(DhcpOption::kServerId) == lease.server().ip();
}

DhcpClient::Sends DhcpClient::OnMessage(const DhcpMessage& message, const Moment& moment) {
  if (!message.reply || transaction_ == 0 || message.transaction != transaction_ ||
      message.hardware_address != settings_.hardware_address) {
    return {};
  }
  switch (message.type()) {
    case DhcpType::kOffer: {
      if (lease_.phase() != LeaseSpec::DISCOVERING) {
        return {};
      }
      absl::StatusOr<LeaseSpec> offer = LeaseOf(message, moment.now);
      if (!offer.ok()) {
        lease_.set_error(std::string(base::MessageOf(offer.status())));
        return {};
      }
      offer_ = *std::move(offer);
      lease_.set_phase(LeaseSpec::REQUESTING);
      attempts_ = 0;
      return Request(moment);
    }
    case DhcpType::kAck:
      return OnAck(message, moment);
    case DhcpType::kNak:
      return OnNak(message, moment);
    default:
      return {};
  }
}

DhcpClient::Sends DhcpClient::OnAck(const DhcpMessage& message, const Moment& moment) {
  const bool requesting = lease_.phase() == LeaseSpec::REQUESTING;
  const bool renewing = lease_.phase() == LeaseSpec::RENEWING;
  if (lease_.phase() < LeaseSpec::REQUESTING || lease_.phase() == LeaseSpec::BOUND ||
      (requesting && !IsOurServer(message, offer_)) ||
      (renewing && !IsOurServer(message, lease_))) {
    return {};
  }
  absl::StatusOr<LeaseSpec> lease = LeaseOf(message, moment.now);
  if (!lease.ok()) {
    lease_.set_error(std::string(base::MessageOf(lease.status())));
    return {};
  }
  const Ipv4 expected = requesting ? AddressOf(offer_) : address();
  if (AddressOf(*lease) != expected) {
    lease_.set_error(std::format("server {} gives {}, but {} was asked for",
                                 ToText(lease->server()), ToText(lease->address()),
                                 Ipv4Text(expected)));
    return {};
  }
  TakeOver(*std::move(lease));
  transaction_ = 0;
  had_carrier_ = true;
  return GoOn(moment);
}

DhcpClient::Sends DhcpClient::OnNak(const DhcpMessage& message, const Moment& moment) {
  const LeaseSpec& asked = lease_.phase() == LeaseSpec::REQUESTING ? offer_ : lease_;
  const bool anybody =
      lease_.phase() == LeaseSpec::CONFIRMING || lease_.phase() == LeaseSpec::REBINDING;
  const bool chosen =
      lease_.phase() == LeaseSpec::REQUESTING || lease_.phase() == LeaseSpec::RENEWING;
  if (!anybody && !(chosen && IsOurServer(message, asked))) {
    return {};
  }
  const std::string_view why = message.option(DhcpOption::kMessage);
  StartOver(std::format("server {} refuses {}{}{}",
                        Ipv4Text(Ipv4Of(message.option(DhcpOption::kServerId))),
                        Ipv4Text(AddressOf(asked)), why.empty() ? "" : ": ", Printable(why)),
            moment.now + kAfterNak);
  return {};
}

DhcpClient::Sends DhcpClient::OnConflict(const std::string& hardware_address,
                                         const Moment& moment) {
  if (address() == 0) {
    return {};
  }
  transaction_ = moment.random;
  exchange_began_ = moment.now;
  DhcpSend decline{.message = Message(DhcpType::kDecline, moment.now)};
  decline.message.options[DhcpOption::kRequestedAddress] = lease_.address().ip();
  decline.message.options[DhcpOption::kServerId] = lease_.server().ip();
  StartOver(std::format("{} is in use by {}: declined", Ipv4Text(address()),
                        HardwareAddressToText(hardware_address)),
            moment.now + kAfterDecline);
  return {std::move(decline)};
}

}  // namespace ichor::networkd
