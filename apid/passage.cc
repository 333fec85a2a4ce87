#include "apid/passage.h"

#include <string_view>
#include <utility>

namespace ichor::apid {
namespace {

// A call in two halves, which come and go on their own.
struct Passage {
  Passage(Budget& budget, const Hop& hop, rpc::Stream& client)
      : budget(budget), hop(hop), client(&client) {
    budget.OnCall(1);
  }
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;
  ~Passage() {
    budget.Account(waiting_bytes, 0);
    budget.OnCall(-1);
  }

  // Passes `bytes` from one side on to the other, and holds the sender up if that is slow.
  void Move(std::string_view bytes, rpc::Stream& from, rpc::Stream& to) {
    to.SendBytes(std::string(bytes));
    if (to.buffered_bytes() > budget.limits().call_bytes) {
      from.HoldReading();
    }
    if (!Count()) {
      BreakOff(absl::ResourceExhaustedError("too much is waiting to be sent"));
    }
  }

  // Tells the budget what waits now. False if that is too much.
  bool Count() {
    const size_t now = (client == nullptr ? 0 : client->buffered_bytes()) +
                       (served == nullptr ? 0 : served->buffered_bytes());
    return budget.Account(std::exchange(waiting_bytes, now), now);
  }

  void BreakOff(const absl::Status& status) {
    if (served != nullptr) {
      std::exchange(served, nullptr)->Cancel();
    }
    if (client != nullptr) {
      client->Finish(status);
    }
  }

  Budget& budget;
  const Hop& hop;
  rpc::Stream* client;            // null once its call is gone
  rpc::Stream* served = nullptr;  // at the hop: null until it is open, and once it is over
  size_t waiting_bytes = 0;
};

class ClientCall : public rpc::Call {
 public:
  explicit ClientCall(std::shared_ptr<Passage> passage) : passage_(std::move(passage)) {}
  ClientCall(const ClientCall&) = delete;
  ClientCall& operator=(const ClientCall&) = delete;
  ~ClientCall() override {
    passage_->client = nullptr;
    if (passage_->served != nullptr) {
      std::exchange(passage_->served, nullptr)->Cancel();
    }
  }

  void OnMessage(std::string /*message*/) override {}
  void OnBytes(std::string_view bytes) override {
    if (passage_->served != nullptr) {
      passage_->Move(bytes, *passage_->client, *passage_->served);
    }
  }
  void OnWritable() override {
    if (passage_->served != nullptr) {
      passage_->served->ResumeReading();
    }
    passage_->Count();
  }
  void OnEnd(const absl::Status& /*status*/) override {
    if (passage_->served != nullptr) {
      passage_->served->CloseSending();
    }
  }

 private:
  const std::shared_ptr<Passage> passage_;
};

class ServedCall : public rpc::Call {
 public:
  ServedCall(std::shared_ptr<Passage> passage, rpc::Stream& stream)
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
    passage_->served = nullptr;
    if (passage_->client != nullptr) {
      PassHeaders();
      passage_->client->ResumeReading();
      passage_->client->Finish(passage_->hop.Explain(status), stream_.trailers());
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

std::unique_ptr<rpc::Call> PassOn(Budget& budget, Hop& hop, const std::string& path,
                                  const rpc::Metadata& metadata, rpc::Stream& client) {
  if (!budget.HasRoomFor(1)) {
    client.Finish(absl::ResourceExhaustedError("too many calls at once"));
    return nullptr;
  }
  client.UseBytes();
  const auto passage = std::make_shared<Passage>(budget, hop, client);
  const absl::Status opened = hop.Open(path, metadata, [&passage](rpc::Stream& stream) {
    stream.UseBytes();
    passage->served = &stream;
    return std::make_unique<ServedCall>(passage, stream);
  });
  if (!opened.ok()) {
    client.Finish(opened);
    return nullptr;
  }
  return std::make_unique<ClientCall>(passage);
}

}  // namespace ichor::apid
