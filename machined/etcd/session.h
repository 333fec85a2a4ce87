// A conversation with an etcd, by its API over mutual TLS.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "lib/base/clock.h"
#include "lib/rpc/client.h"
#include "lib/rpc/tls.h"
#include "lib/runtime/loop.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// One connection, kept by who talks and by the calls under way; it ends with the last of them.
// Loop's thread only.
class EtcdSession : public std::enable_shared_from_this<EtcdSession> {
 public:
  template <class T>
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;

  static constexpr std::chrono::seconds kTimeout{15};

  struct Peer {
    Loop& loop;
    const base::Clock& clock;
    std::string address;      // "10.0.0.1:2379"
    std::string server_name;  // in its certificate: "10.0.0.1"
  };

  // Shows the administrator's certificate of `certificates`, and believes those of the CA of
  // `root`. Fails as rpc::NewTlsClientContext and sys::StartConnectTcp; whether the connection
  // comes about, the first call tells.
  static absl::StatusOr<std::shared_ptr<EtcdSession>> Open(
      const Peer& peer, const secrets::EtcdRootSecret::Spec& root,
      const secrets::EtcdSecret::Spec& certificates);

  ~EtcdSession();
  EtcdSession(const EtcdSession&) = delete;
  EtcdSession& operator=(const EtcdSession&) = delete;

  // Calls a method of package etcdserverpb: "KV/Range". `done` is called once: with the reply,
  // with etcd's error, or with DeadlineExceeded after `timeout`, which ends the connection.
  template <class Reply, class Request>
  void Call(const std::string& method, const Request& request, Done<Reply> done,
            std::chrono::seconds timeout = kTimeout);

  // A call of another kind: as rpc::Client::Open, with this session kept by who makes the call.
  void Open(const std::string& method,
            const std::function<std::unique_ptr<rpc::Call>(rpc::Stream&)>& make_call);

 private:
  EtcdSession(Loop& loop, const base::Clock& clock, std::unique_ptr<rpc::Client> client)
      : loop_(loop), clock_(clock), client_(std::move(client)) {}
  void CallBytes(const std::string& method, const std::string& request,
                 std::chrono::seconds timeout, Done<std::string> done);

  Loop& loop_;
  const base::Clock& clock_;
  const std::unique_ptr<rpc::Client> client_;
};

template <class Reply, class Request>
void EtcdSession::Call(const std::string& method, const Request& request, Done<Reply> done,
                       std::chrono::seconds timeout) {
  CallBytes(method, request.SerializeAsString(), timeout,
            [done = std::move(done)](absl::StatusOr<std::string> bytes) mutable {
              Reply reply;
              if (!bytes.ok()) {
                done(std::move(bytes).status());
              } else if (!reply.ParseFromString(*bytes)) {
                done(absl::InternalError("etcd's answer makes no sense"));
              } else {
                done(std::move(reply));
              }
            });
}

}  // namespace ichor
