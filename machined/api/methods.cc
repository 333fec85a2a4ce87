#include "machined/api/methods.h"

#include "lib/base/status.h"

namespace ichor::api {
namespace {

// A call of one request and one reply; what else a client sends does not count.
class OneReply : public rpc::Call {
 public:
  explicit OneReply(rpc::Stream& stream) : stream_(stream) {}

  void OnMessage(std::string message) final {
    if (!std::exchange(asked_, true)) {
      Begin(std::move(message));
    }
  }

  void OnEnd(const absl::Status& /*status*/) final {
    if (!asked_) {
      stream_.Finish(absl::InvalidArgumentError("no request"));
    }
  }

 protected:
  // Sees to it that Finish is called with the reply to `request`, now or later.
  virtual void Begin(std::string request) = 0;

  void Finish(const absl::StatusOr<std::string>& reply) {
    if (reply.ok()) {
      stream_.Send(*reply);
    }
    stream_.Finish(reply.status());
  }

 private:
  rpc::Stream& stream_;
  bool asked_ = false;
};

class Blocking : public OneReply {
 public:
  Blocking(const ApiContext& context, rpc::Stream& stream, std::string name,
           std::function<absl::StatusOr<std::string>(const std::string&)> work)
      : OneReply(stream), work_(std::move(work)), off_loop_(context, std::move(name)) {}

 private:
  void Begin(std::string request) override {
    // The worker may outlive this call.
    off_loop_.Run(
        [this, work = work_, request = std::move(request)]() -> Task {
          return [this, reply = work(request)] { Finish(reply); };
        },
        [this](const absl::Status& error) { Finish(error); });
  }

  const std::function<absl::StatusOr<std::string>(const std::string&)> work_;
  OffLoop off_loop_;
};

class Later : public OneReply {
 public:
  Later(rpc::Stream& stream, std::function<void(const std::string&, Answered)> begin)
      : OneReply(stream), begin_(std::move(begin)) {}

 private:
  void Begin(std::string request) override {
    begin_(request, [weak = std::weak_ptr(self_)](const absl::StatusOr<std::string>& reply) {
      if (const auto self = weak.lock()) {
        (*self)->Finish(reply);
      }
    });
  }

  const std::function<void(const std::string&, Answered)> begin_;
  const std::shared_ptr<Later*> self_ = std::make_shared<Later*>(this);
};

class Ended : public rpc::Call {
 public:
  Ended(rpc::Stream& stream, absl::Status status) : stream_(stream), status_(std::move(status)) {}
  void OnMessage(std::string /*message*/) override { stream_.Finish(status_); }
  void OnEnd(const absl::Status& /*status*/) override { stream_.Finish(status_); }

 private:
  rpc::Stream& stream_;
  const absl::Status status_;
};

}  // namespace

std::unique_ptr<rpc::Call> BlockingCall(
    const ApiContext& context, rpc::Stream& stream, std::string name,
    std::function<absl::StatusOr<std::string>(const std::string&)> work) {
  return std::make_unique<Blocking>(context, stream, std::move(name), std::move(work));
}

std::unique_ptr<rpc::Call> LaterCall(rpc::Stream& stream,
                                     std::function<void(const std::string&, Answered)> begin) {
  return std::make_unique<Later>(stream, std::move(begin));
}

std::unique_ptr<rpc::Call> EndedCall(rpc::Stream& stream, absl::Status status) {
  return std::make_unique<Ended>(stream, std::move(status));
}

absl::Status ParseRequest(const std::string& bytes, google::protobuf::Message& request) {
  if (!request.ParseFromString(bytes)) {
    return absl::InternalError("the request is no " + request.GetDescriptor()->full_name());
  }
  return absl::OkStatus();
}

}  // namespace ichor::api
