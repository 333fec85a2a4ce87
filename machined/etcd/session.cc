#include "machined/etcd/session.h"

#include <format>
#include <optional>

#include "lib/base/status.h"

namespace ichor {
namespace {

std::string PathOf(const std::string& method) {
  return "/etcdserverpb." + method;
}

}  // namespace

absl::StatusOr<std::shared_ptr<EtcdSession>> EtcdSession::Open(
    const Peer& peer, const secrets::EtcdRootSecret::Spec& root,
    const secrets::EtcdSecret::Spec& certificates) {
  rpc::TlsClientOptions options;
  options.server_name = peer.server_name;
  options.cas_pem = root.etcd_ca().crt();
  options.certificate_pem = certificates.etcd_admin().crt();
  options.key_pem = certificates.etcd_admin().key();
  ASSIGN_OR_RETURN(std::shared_ptr<const rpc::TlsContext> context,
                   rpc::NewTlsClientContext(options));
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Client> client,
                   rpc::Client::ConnectTls(peer.loop, peer.address, std::move(context)));
  // The last who let go may be called by the client, which must not be deleted there.
  return std::shared_ptr<EtcdSession>(
      new EtcdSession(peer.loop, peer.clock, std::move(client)),
      [mailbox = peer.loop.mailbox()](EtcdSession* session) {
        mailbox->Post([owned = std::unique_ptr<EtcdSession>(session)] {});
      });
}

EtcdSession::~EtcdSession() = default;

void EtcdSession::Open(const std::string& method,
                       const std::function<std::unique_ptr<rpc::Call>(rpc::Stream&)>& make_call) {
  client_->Open(PathOf(method), {}, make_call);
}

void EtcdSession::CallBytes(const std::string& method, const std::string& request,
                            std::chrono::seconds timeout, Done<std::string> done) {
  struct Pending {
    Done<std::string> done;
    Loop::TimerId timer;
    bool late = false;
  };
  auto pending = std::make_shared<Pending>(Pending{.done = std::move(done), .timer = {}});
  pending->timer =
      loop_.RunAt(clock_.Monotonic() + timeout, [this, weak = weak_from_this(), pending] {
        if (const auto self = weak.lock()) {
          pending->late = true;
          client_->Break(absl::DeadlineExceededError("late"));
        }
      });
  client_->Unary(PathOf(method), request,
                 [self = shared_from_this(), pending, timeout](absl::StatusOr<std::string> reply) {
                   self->loop_.Cancel(pending->timer);
                   pending->done(pending->late
                                     ? absl::StatusOr<std::string>(absl::DeadlineExceededError(
                                           std::format("etcd did not answer within {}", timeout)))
                                     : std::move(reply));
                 });
}

}  // namespace ichor
