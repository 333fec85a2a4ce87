// containerd's API on its socket.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"
#include "lib/base/status.h"
#include "lib/rpc/client.h"

namespace ichor {

// A message in a message. containerd compares names of types, which have nothing before them here.
google::protobuf::Any Packed(const google::protobuf::Message& message);

// One connection, for one of containerd's namespaces. Loop's thread only. What is asked for ends
// with Unavailable when the connection breaks; callbacks must not delete this.
class Containerd {
 public:
  template <class T>
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;

  // Fails as rpc::Client::Connect. `loop` must outlive it.
  static absl::StatusOr<std::unique_ptr<Containerd>> Connect(Loop& loop, const std::string& socket,
                                                             std::string_view name_space);

  // Calls a method, "Tasks/Get" of "containerd.services.tasks.v1" by its full path. `done` is
  // called once, with what containerd says; never if this is destroyed before.
  template <class Reply, class Request>
  void Call(const std::string& path, const Request& request, Done<Reply> done);

  // The bytes of the blob `digest`, such as a manifest.
  void ReadBlob(const std::string& digest, Done<std::string> done);

  bool closed() const { return client_->closed(); }
  // Expires when this is destroyed: for the logic of calls that outlives it.
  std::weak_ptr<const bool> alive() const { return alive_; }

  // A call of another kind, in this namespace, as rpc::Client::Open.
  void OpenStream(const std::string& path,
                  const std::function<std::unique_ptr<rpc::Call>(rpc::Stream&)>& make_call);

  // For calls of other kinds.
  rpc::Client& client() { return *client_; }

 private:
  Containerd(std::unique_ptr<rpc::Client> client, rpc::Metadata metadata);

  // Calls `task` unless this is gone by then.
  template <class T>
  std::function<void(T)> WhileAlive(absl::AnyInvocable<void(T)> task);

  std::unique_ptr<rpc::Client> client_;
  const rpc::Metadata metadata_;                                // of all calls
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // last made, first destroyed
};

template <class T>
std::function<void(T)> Containerd::WhileAlive(absl::AnyInvocable<void(T)> task) {
  return [alive = std::weak_ptr<bool>(alive_),
          shared = std::make_shared<absl::AnyInvocable<void(T)>>(std::move(task))](T value) {
    if (!alive.expired()) {
      (*shared)(std::move(value));
    }
  };
}

template <class Reply, class Request>
void Containerd::Call(const std::string& path, const Request& request, Done<Reply> done) {
  client_->Unary(path, request.SerializeAsString(),
                 WhileAlive<absl::StatusOr<std::string>>(
                     [done = std::move(done)](absl::StatusOr<std::string> bytes) mutable {
                       Reply reply;
                       if (!bytes.ok()) {
                         done(bytes.status());
                       } else if (!reply.ParseFromString(*bytes)) {
                         done(absl::InternalError("containerd's answer makes no sense"));
                       } else {
                         done(std::move(reply));
                       }
                     }));
}

}  // namespace ichor
