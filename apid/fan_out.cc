#include "apid/fan_out.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "apid/reply_merge.h"
#include "lib/rpc/framing.h"

namespace ichor::apid {
namespace {

constexpr size_t kMaxMessageBytes = 32 << 20;  // as the limit of clients

// One node's part of the call.
struct Part {
  explicit Part(std::string name) : name(std::move(name)) {}

  const std::string name;
  const Hop* hop = nullptr;
  rpc::Stream* stream = nullptr;  // null until it is open, and once it is over
  rpc::FrameReader reader{kMaxMessageBytes};
  size_t replies = 0;
  std::string reply;  // of a call with one reply
};

// The whole call, held by all of its halves, which come and go on their own.
struct Fan {
  Fan(Budget& budget, bool streaming, rpc::Stream& client, size_t count)
      : budget(budget), streaming(streaming), client(&client), count(count), open(count) {
    budget.OnCall(static_cast<std::ptrdiff_t>(count));
  }
  Fan(const Fan&) = delete;
  Fan& operator=(const Fan&) = delete;
  ~Fan() {
    budget.Account(waiting_bytes, 0);
    budget.OnCall(-static_cast<std::ptrdiff_t>(count));
  }

  // Sends what the client says to every node; a slow one holds the client up.
  void Ask(std::string_view bytes) {
    for (Part& part : parts) {
      if (part.stream != nullptr) {
        part.stream->SendBytes(std::string(bytes));
      }
    }
    if (std::ranges::any_of(parts, [this](const Part& part) { return IsFull(part.stream); })) {
      client->HoldReading();
    }
    CountOrBreak();
  }

  void CloseSending() {
    for (Part& part : parts) {
      if (part.stream != nullptr) {
        part.stream->CloseSending();
      }
    }
  }

  // Takes the next bytes of a node's reply.
  void Hear(Part& part, std::string_view bytes) {
    const absl::Status status = part.reader.Read(bytes, [this, &part](std::string message) {
      ++part.replies;
      if (!streaming) {
        part.reply = std::move(message);
      } else if (client != nullptr) {
        client->Send(NameNode(std::move(message), part.name));
      }
    });
    if (!status.ok()) {
      std::exchange(part.stream, nullptr)->Cancel();
      Over(part, status);
      return;
    }
    if (IsFull(client)) {
      part.stream->HoldReading();
    }
    CountOrBreak();
  }

  // A node is done.
  void Over(Part& part, const absl::Status& status) {
    --open;
    absl::Status problem = status;
    if (problem.ok() && !streaming && part.replies != 1) {
      problem = absl::InternalError("not one reply");
    }
    if (client == nullptr) {
      return;
    }
    if (!problem.ok()) {
      AddError(part.name, problem);
    } else if (!streaming) {
      absl::StatusOr<std::string> reply = NameNodeInReply(std::exchange(part.reply, {}), part.name);
      if (!reply.ok()) {
        BreakOff(reply.status());
        return;
      }
      merged += *reply;
    }
    ResumeClient();
    CountOrBreak();
    FinishIfDone();
  }

  void AddError(const std::string& name, const absl::Status& status) {
    if (streaming) {
      client->Send(ErrorMessage(name, status));
    } else {
      merged += ErrorReply(name, status);
    }
  }

  void FinishIfDone() {
    if (open > 0 || client == nullptr || !begun) {
      return;
    }
    if (!streaming) {
      client->Send(std::exchange(merged, {}));
    }
    client->Finish(absl::OkStatus());
  }

  // Lets the client send on if no node is slow.
  void ResumeClient() {
    if (client != nullptr &&
        std::ranges::none_of(parts, [this](const Part& part) { return IsFull(part.stream); })) {
      client->ResumeReading();
    }
  }

  // Lets all nodes send on.
  void ResumeNodes() {
    for (Part& part : parts) {
      if (part.stream != nullptr) {
        part.stream->ResumeReading();
      }
    }
    CountOrBreak();
  }

  void BreakOff(const absl::Status& status) {
    for (Part& part : parts) {
      if (part.stream != nullptr) {
        std::exchange(part.stream, nullptr)->Cancel();
      }
    }
    if (client != nullptr) {
      client->Finish(status);
    }
  }

  bool IsFull(const rpc::Stream* stream) const {
    return stream != nullptr && stream->buffered_bytes() > budget.limits().call_bytes;
  }

  void CountOrBreak() {
    size_t now = merged.size() + (client == nullptr ? 0 : client->buffered_bytes());
    for (const Part& part : parts) {
      now += part.reader.buffered_bytes() + part.reply.size() +
             (part.stream == nullptr ? 0 : part.stream->buffered_bytes());
    }
    if (!budget.Account(std::exchange(waiting_bytes, now), now)) {
      BreakOff(absl::ResourceExhaustedError("too much is waiting to be sent"));
    }
  }

  Budget& budget;
  const bool streaming;
  rpc::Stream* client;  // null once its call is gone
  const size_t count;
  size_t open;         // parts that are not over
  bool begun = false;  // all parts were asked
  std::vector<Part> parts;
  std::string merged;  // replies that came, of a call with one reply
  size_t waiting_bytes = 0;
};

class ClientCall : public rpc::Call {
 public:
  explicit ClientCall(std::shared_ptr<Fan> fan) : fan_(std::move(fan)) {}
  ClientCall(const ClientCall&) = delete;
  ClientCall& operator=(const ClientCall&) = delete;
  ~ClientCall() override {
    fan_->client = nullptr;
    fan_->BreakOff(absl::OkStatus());
  }

  void OnMessage(std::string /*message*/) override {}
  void OnBytes(std::string_view bytes) override { fan_->Ask(bytes); }
  void OnWritable() override { fan_->ResumeNodes(); }
  void OnEnd(const absl::Status& /*status*/) override { fan_->CloseSending(); }

 private:
  const std::shared_ptr<Fan> fan_;
};

class ServedCall : public rpc::Call {
 public:
  ServedCall(std::shared_ptr<Fan> fan, Part& part) : fan_(std::move(fan)), part_(part) {}

  void OnMessage(std::string /*message*/) override {}
  void OnBytes(std::string_view bytes) override { fan_->Hear(part_, bytes); }
  void OnWritable() override { fan_->ResumeClient(); }
  void OnEnd(const absl::Status& status) override {
    part_.stream = nullptr;
    fan_->Over(part_, part_.hop->Explain(status));
  }

 private:
  const std::shared_ptr<Fan> fan_;
  Part& part_;
};

// Opens the call at one node.
absl::Status Open(const std::shared_ptr<Fan>& fan, Part& part, const std::string& path,
                  const Branch& branch) {
  absl::StatusOr<Hop*> hop = branch.find_hop();
  if (!hop.ok()) {
    return hop.status();
  }
  part.hop = *hop;
  return (*hop)->Open(path, branch.metadata, [&fan, &part](rpc::Stream& stream) {
    stream.UseBytes();
    part.stream = &stream;
    return std::make_unique<ServedCall>(fan, part);
  });
}

}  // namespace

std::unique_ptr<rpc::Call> FanOut(Budget& budget, const std::string& path, bool streaming,
                                  std::vector<Branch> branches, rpc::Stream& client) {
  if (!budget.HasRoomFor(branches.size())) {
    client.Finish(absl::ResourceExhaustedError("too many calls at once"));
    return nullptr;
  }
  client.UseBytes();
  auto fan = std::make_shared<Fan>(budget, streaming, client, branches.size());
  fan->parts.reserve(branches.size());  // their addresses are kept
  for (Branch& branch : branches) {
    fan->parts.emplace_back(branch.name);
  }
  for (size_t i = 0; i < branches.size(); ++i) {
    if (const absl::Status opened = Open(fan, fan->parts[i], path, branches[i]); !opened.ok()) {
      fan->Over(fan->parts[i], opened);
    }
  }
  fan->begun = true;
  fan->FinishIfDone();
  return std::make_unique<ClientCall>(std::move(fan));
}

}  // namespace ichor::apid
