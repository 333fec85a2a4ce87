#include "machined/api/methods.h"

#include "lib/base/status.h"

namespace ichor::api {
namespace {

class Call : public rpc::Call {
 public:
  Call(const ApiContext& context, rpc::Stream& stream, std::string name,
       std::function<absl::StatusOr<std::string>(const std::string&)> work)
      : stream_(stream), work_(std::move(work)), off_loop_(context, std::move(name)) {}

  void OnMessage(std::string message) override {
    if (std::exchange(asked_, true)) {
      return;
    }
    // The worker may outlive this call.
    off_loop_.Run(
        [this, work = work_, request = std::move(message)]() -> Task {
          return [this, reply = work(request)] { Finish(reply); };
        },
        [this](const absl::Status& error) { stream_.Finish(error); });
  }

  void OnEnd(const absl::Status& /*status*/) override {
    if (!asked_) {
      stream_.Finish(absl::InvalidArgumentError("no request"));
    }
  }

 private:
  void Finish(const absl::StatusOr<std::string>& reply) {
    if (reply.ok()) {
      stream_.Send(*reply);
    }
    stream_.Finish(reply.status());
  }

  rpc::Stream& stream_;
  const std::function<absl::StatusOr<std::string>(const std::string&)> work_;
  OffLoop off_loop_;
  bool asked_ = false;
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
  return std::make_unique<Call>(context, stream, std::move(name), std::move(work));
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
