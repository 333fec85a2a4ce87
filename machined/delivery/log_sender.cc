#include "machined/delivery/log_sender.h"

#include <sys/epoll.h>

#include <algorithm>
#include <format>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor {
namespace {

constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{30};
// After so many records others have their turn on the loop.
constexpr int kRecordsOfATurn = 64;

}  // namespace

LogSender::LogSender(Doors doors, LogDestination destination)
    : doors_(std::move(doors)), destination_(std::move(destination)) {}

LogSender::~LogSender() {
  Close();
}

void LogSender::Start(std::unique_ptr<LogSource> source) {
  source_ = std::move(source);
  Resolve();
}

void LogSender::OnReady() {
  if (datagrams_ != nullptr || stream_.ok()) {
    Pump();
  }
}

// Each attempt asks anew: the host may have moved.
void LogSender::Resolve() {
  doors_.resolve(destination_.host, [self = weak()](const Addresses& addresses) {
    if (const auto alive = self.lock()) {
      if (addresses.ok() && !addresses->empty()) {
        (*alive)->Connect(*addresses);
      } else {
        (*alive)->Fail(addresses.status());
      }
    }
  });
}

// One address after the other, an attempt for each.
void LogSender::Connect(const std::vector<std::string>& addresses) {
  const absl::Status status = Open(addresses[attempts_++ % addresses.size()]);
  if (status.ok()) {
    Pump();
  } else {
    Fail(status);
  }
}

absl::Status LogSender::Open(const std::string& address) {
  if (destination_.udp) {
    const std::optional<common::NetIP> ip = ParseNetIP(address);
    if (!ip.has_value()) {
      return absl::InvalidArgumentError(std::format("{} is no address", address));
    }
    endpoint_ = {.address = ip->ip(), .port = destination_.port};
    ASSIGN_OR_RETURN(datagrams_, doors_.udp.Connect(endpoint_, [](const auto&, auto) {}));
    return absl::OkStatus();
  }
  const bool v6 = address.contains(':');
  ASSIGN_OR_RETURN(stream_, sys::StartConnectTcp(std::format("{}{}{}:{}", v6 ? "[" : "", address,
                                                             v6 ? "]" : "", destination_.port)));
  return doors_.loop.poller().Add(stream_.get(), EPOLLOUT, [this](std::uint32_t ready) {
    // Nobody says anything to us: what can be read is the end.
    if ((ready & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0) {
      Fail(absl::UnavailableError("the connection broke"));
    } else {
      Pump();
    }
  });
}

// Sends what there is, and what fits.
void LogSender::Pump() {
  for (int i = 0; i < kRecordsOfATurn; ++i) {
    if (record_.empty()) {
      record_ = source_->Next().value_or("");
    }
    if (record_.empty()) {  // the source calls
      if (stream_.ok()) {
        doors_.loop.poller().Modify(stream_.get(), EPOLLRDHUP);
      }
      return;
    }
    if (const absl::Status status = Send(); !status.ok()) {
      Fail(status);
      return;
    }
    if (!record_.empty()) {  // the poller calls
      doors_.loop.poller().Modify(stream_.get(), EPOLLOUT | EPOLLRDHUP);
      return;
    }
  }
  doors_.loop.Post([self = weak()] {
    if (const auto alive = self.lock()) {
      (*alive)->OnReady();
    }
  });
}

absl::Status LogSender::Send() {
  if (datagrams_ == nullptr) {
    return SendBytes();
  }
  const absl::Status sent = datagrams_->Send(endpoint_, record_);
  record_.clear();
  if (sent.ok()) {
    Succeed();
  }
  return sent;
}

void LogSender::Succeed() {
  pause_ = kFirstPause;
  if (!std::exchange(said_, "").empty()) {
    base::Log(base::Severity::kInfo, "logs go to {} again", ToString(destination_));
  }
}

// Leaves what does not fit now.
absl::Status LogSender::SendBytes() {
  ASSIGN_OR_RETURN(const size_t written,
                   sys::WriteSome(stream_.get(), record_.data() + sent_, record_.size() - sent_));
  sent_ += written;
  if (sent_ == record_.size()) {
    record_.clear();
    sent_ = 0;
    Succeed();
  }
  return absl::OkStatus();
}

void LogSender::Fail(const absl::Status& status) {
  Close();
  sent_ = 0;
  const std::string text(base::MessageOf(status));
  if (said_.empty()) {
    base::Log(base::Severity::kWarning, "logs do not reach {}: {}", ToString(destination_), text);
  }
  said_ = text.empty() ? "?" : text;
  const auto later = doors_.clock.Monotonic() + pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
  doors_.loop.RunAt(later, [self = weak()] {
    if (const auto alive = self.lock()) {
      (*alive)->Resolve();
    }
  });
}

void LogSender::Close() {
  datagrams_ = nullptr;
  if (stream_.ok()) {
    doors_.loop.poller().Remove(stream_.get());
    stream_.Reset();
  }
}

}  // namespace ichor
