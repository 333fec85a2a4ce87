// The table of methods that a server gets.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "lib/rpc/server.h"
#include "machined/api/context.h"
#include "machined/api/off_loop.h"

namespace ichor::api {

// A call whose answer may block to get: `work` runs on a worker with the request's bytes.
std::unique_ptr<rpc::Call> BlockingCall(
    const ApiContext& context, rpc::Stream& stream, std::string name,
    std::function<absl::StatusOr<std::string>(const std::string&)> work);

// A call whose answer comes later, on the loop: `begin` gets the request's bytes and what to call
// once, with the reply's bytes. A call that is broken off meanwhile hears nothing.
using Answered = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
std::unique_ptr<rpc::Call> LaterCall(rpc::Stream& stream,
                                     std::function<void(const std::string&, Answered)> begin);

// A call that ends with `status`, whatever is asked: OK makes it a stream of nothing.
std::unique_ptr<rpc::Call> EndedCall(rpc::Stream& stream, absl::Status status);

// Internal if `bytes` is no such message.
absl::Status ParseRequest(const std::string& bytes, google::protobuf::Message& request);

class Methods {
 public:
  // `context` must outlive the methods and what they make.
  explicit Methods(const ApiContext& context) : context_(context) {}

  const ApiContext& context() const { return context_; }

  // By full name: "/machine.MachineService/Version".
  const std::map<std::string, rpc::Server::Method>& all() const { return methods_; }

  void Add(std::string path, rpc::Server::Method method) {
    methods_[std::move(path)] = std::move(method);
  }

  // A method of one request and one reply that answers at once, on the loop: `function` is
  // StatusOr<Reply>(const Request&).
  template <class Request, class F>
  void Unary(std::string path, F function) {
    Add(std::move(path), [function = std::move(function)](rpc::Stream& stream) {
      return rpc::UnaryCall(stream, [function](std::string_view bytes) {
        return Answer<Request>(std::string(bytes), function);
      });
    });
  }

  // A method that answers later, on the loop: `function` is void(const Request&, const Stream&,
  // AnyInvocable<void(StatusOr<Reply>)>). The stream is there during the call only.
  template <class Request, class Reply, class F>
  void Later(std::string path, F function) {
    Add(std::move(path), [function = std::move(function)](rpc::Stream& stream) {
      return LaterCall(stream, [function, &stream](const std::string& bytes, Answered answered) {
        Request request;
        if (absl::Status parsed = ParseRequest(bytes, request); !parsed.ok()) {
          answered(std::move(parsed));
          return;
        }
        function(request, stream,
                 [answered = std::move(answered)](absl::StatusOr<Reply> reply) mutable {
                   answered(reply.ok() ? absl::StatusOr<std::string>(reply->SerializeAsString())
                                       : reply.status());
                 });
      });
    });
  }

  // The same for a `function` that may block. It runs on a worker, and may touch nothing that
  // belongs to the loop.
  template <class Request, class F>
  void Blocking(const std::string& path, F function) {
    Add(path, [this, path, function = std::move(function)](rpc::Stream& stream) {
      return BlockingCall(context_, stream, path, [function](const std::string& bytes) {
        return Answer<Request>(bytes, function);
      });
    });
  }

 private:
  template <class Request, class F>
  static absl::StatusOr<std::string> Answer(const std::string& bytes, const F& function) {
    Request request;
    if (absl::Status parsed = ParseRequest(bytes, request); !parsed.ok()) {
      return parsed;
    }
    const auto reply = function(request);
    if (!reply.ok()) {
      return reply.status();
    }
    return reply->SerializeAsString();
  }

  const ApiContext& context_;
  std::map<std::string, rpc::Server::Method> methods_;
};

}  // namespace ichor::api
