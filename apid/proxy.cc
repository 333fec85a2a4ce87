#include "apid/proxy.h"

#include <utility>

#include "lib/base/status.h"

namespace ichor::apid {
namespace {

// A call in two halves, which come and go on their own.
struct Passage {
  Passage(Proxy& proxy, rpc::Stream& client) : proxy(proxy), client(&client) { proxy.OnCall(1); }
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;
  ~Passage() {
    proxy.Account(-static_cast<std::ptrdiff_t>(waiting_bytes));
    proxy.OnCall(-1);
  }

  // Passes `bytes` from one side on to the other, and holds the sender up if that is slow.
  void Move(std::string_view bytes, rpc::Stream& from, rpc::Stream& to) {
    to.SendBytes(std::string(bytes));
    if (to.buffered_bytes() > proxy.limits().call_bytes) {
      from.HoldReading();
    }
    if (!Count()) {
      BreakOff(absl::ResourceExhaustedError("too much is waiting to be sent"));
    }
  }

  // Tells the proxy what waits now. False if that is too much.
  bool Count() {
    const size_t now = (client == nullptr ? 0 : client->buffered_bytes()) +
                       (machined == nullptr ? 0 : machined->buffered_bytes());
    const size_t before = std::exchange(waiting_bytes, now);
    return proxy.Account(static_cast<std::ptrdiff_t>(now) - static_cast<std::ptrdiff_t>(before)) ||
           now <= before;
  }

  void BreakOff(const absl::Status& status) {
    if (machined != nullptr) {
      std::exchange(machined, nullptr)->Cancel();
    }
    if (client != nullptr) {
      client->Finish(status);
    }
  }

  Proxy& proxy;
  rpc::Stream* client;              // null once its call is gone
  rpc::Stream* machined = nullptr;  // null until it is open, and once it is over
  size_t waiting_bytes = 0;
};

class ClientCall : public rpc::Call {
 public:
  explicit ClientCall(std::shared_ptr<Passage> passage) : passage_(std::move(passage)) {}
  ClientCall(const ClientCall&) = delete;
  ClientCall& operator=(const ClientCall&) = delete;
  ~ClientCall() override {
    passage_->client = nullptr;
    if (passage_->machined != nullptr) {
      std::exchange(passage_->machined, nullptr)->Cancel();
    }
  }

  void OnMessage(std::string /*message*/) override {}
  void OnBytes(std::string_view bytes) override {
    if (passage_->machined != nullptr) {
      passage_->Move(bytes, *passage_->client, *passage_->machined);
    }
  }
  void OnWritable() override {
    if (passage_->machined != nullptr) {
      passage_->machined->ResumeReading();
    }
    passage_->Count();
  }
  void OnEnd(const absl::Status& /*status*/) override {
    if (passage_->machined != nullptr) {
      passage_->machined->CloseSending();
    }
  }

 private:
  const std::shared_ptr<Passage> passage_;
};

class MachinedCall : public rpc::Call {
 public:
  MachinedCall(std::shared_ptr<Passage> passage, rpc::Stream& stream)
      : passage_(std::move(passage)), stream_(stream) {}

  void OnMessage(std::string /*message*/) override {}
  void OnBytes(std::string_view bytes) override {
    if (passage_->client != nullptr) {
      PassHeaders();
      passage_->Move(bytes, stream_, *passage_->client);
    }
  }
  void OnWritable() override {
    if (passage_->client != nullptr) {
      passage_->client->ResumeReading();
    }
    passage_->Count();
  }
  void OnEnd(const absl::Status& status) override {
    passage_->machined = nullptr;
    if (passage_->client != nullptr) {
      PassHeaders();
      passage_->client->ResumeReading();
      passage_->client->Finish(status, stream_.trailers());
    }
  }

 private:
  void PassHeaders() {
    if (!std::exchange(headers_passed_, true)) {
      passage_->client->SetHeaders(stream_.headers());
    }
  }

  const std::shared_ptr<Passage> passage_;
  rpc::Stream& stream_;
  bool headers_passed_ = false;
};

}  // namespace

Proxy::Proxy(Loop& loop, std::string machined_path, const ProxyLimits& limits)
    : loop_(loop), machined_path_(std::move(machined_path)), limits_(limits) {}

std::unique_ptr<rpc::Call> Proxy::Pass(std::string_view path, const rpc::Metadata& metadata,
                                       rpc::Stream& client) {
  if (calls_ >= limits_.calls) {
    client.Finish(absl::ResourceExhaustedError("too many calls at once"));
    return nullptr;
  }
  if (const absl::Status connected = Connect(); !connected.ok()) {
    client.Finish(absl::UnavailableError(connected.message()));
    return nullptr;
  }
  client.UseBytes();
  const auto passage = std::make_shared<Passage>(*this, client);
  client_->Open(std::string(path), metadata, [&passage](rpc::Stream& stream) {
    stream.UseBytes();
    passage->machined = &stream;
    return std::make_unique<MachinedCall>(passage, stream);
  });
  return std::make_unique<ClientCall>(passage);
}

absl::Status Proxy::Connect() {
  if (client_ == nullptr || client_->closed()) {
    rpc::ConnectionOptions options;
    options.stream_window_bytes = 128 << 10;
    ASSIGN_OR_RETURN(client_, rpc::Client::Connect(loop_, machined_path_, options));
  }
  return absl::OkStatus();
}

bool Proxy::Account(std::ptrdiff_t bytes) {
  waiting_bytes_ += static_cast<size_t>(bytes);
  return waiting_bytes_ <= limits_.total_bytes;
}

}  // namespace ichor::apid
