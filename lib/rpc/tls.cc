#include "lib/rpc/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <format>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor::rpc {
namespace {

constexpr std::string_view kProtocol = "h2";
constexpr std::array<unsigned char, 3> kProtocolList = {2, 'h', '2'};  // as ALPN writes it

struct SslDelete {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

absl::Status Invalid(std::string_view what) {
  return pki::OpensslError(absl::StatusCode::kInvalidArgument, what);
}

}  // namespace

class TlsContext {
 public:
  TlsContext(bool server, const TlsClientOptions& options)
      : server(server), options(options), context(SSL_CTX_new(TLS_method())) {}

  const bool server;
  const TlsClientOptions options;  // a client's
  const std::unique_ptr<SSL_CTX, SslDelete> context;
};

namespace {

// The server's choice: HTTP/2, or none.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, size, kProtocolList.data(), kProtocolList.size(),
                                           offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void SetUp(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
}

absl::Status UseCertificate(SSL_CTX* context, const std::string& certificate_pem,
                            const std::string& key_pem) {
  ASSIGN_OR_RETURN(const std::vector<pki::Certificate> chain,
                   pki::Certificate::AllFromPem(certificate_pem));
  ASSIGN_OR_RETURN(const pki::Key key, pki::Key::FromPem(key_pem));
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return Invalid("certificate and key for TLS");
  }
  for (size_t i = 1; i < chain.size(); ++i) {
    SSL_CTX_add1_chain_cert(context, chain[i].get());
  }
  return absl::OkStatus();
}

absl::Status Trust(SSL_CTX* context, const std::string& cas_pem) {
  ASSIGN_OR_RETURN(const std::vector<pki::Certificate> cas, pki::Certificate::AllFromPem(cas_pem));
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);  // each of them is enough
  for (const pki::Certificate& ca : cas) {
    if (X509_STORE_add_cert(store, ca.get()) != 1) {
      return Invalid("CA for TLS");
    }
    SSL_CTX_add_client_CA(context, ca.get());
  }
  return absl::OkStatus();
}

class TlsTransport : public Transport {
 public:
  TlsTransport(base::UniqueFd fd, std::shared_ptr<const TlsContext> context);

  int descriptor() const override { return fd_.get(); }
  absl::StatusOr<bool> Establish() override;
  bool wants_to_write() const override { return wants_to_write_; }
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;
  absl::StatusOr<size_t> Write(const char* data, size_t size) override;
  const Peer& peer() const override { return peer_; }
  const TlsProblem* problem() const override { return problem_ ? &*problem_ : nullptr; }

  // OpenSSL's question whether the peer's certificate is good enough; notes why not.
  static int OnVerified(int good, X509_STORE_CTX* store);

 private:
  static BIO_METHOD* Method();
  static int ReadSocket(BIO* bio, char* buffer, int size);
  static int WriteSocket(BIO* bio, const char* data, int size);
  static long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
  void PrepareClient();
  absl::Status CheckPeer();
  absl::Status CheckClient();
  absl::Status Failed();
  void HearLastWords();

  const base::UniqueFd fd_;
  const std::shared_ptr<const TlsContext> context_;
  const std::unique_ptr<SSL, SslDelete> ssl_;
  Peer peer_;
  absl::Status socket_error_;
  std::optional<TlsProblem> problem_;
  bool wants_to_write_ = false;
  bool received_ = false;  // anything
};

TlsTransport::TlsTransport(base::UniqueFd fd, std::shared_ptr<const TlsContext> context)
    : fd_(std::move(fd)), context_(std::move(context)), ssl_(SSL_new(context_->context.get())) {
  BIO* const bio = BIO_new(Method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  if (context_->server) {
    SSL_set_accept_state(ssl_.get());
    peer_.address = sys::PeerAddress(fd_.get()).value_or("");
  } else {
    peer_.address = context_->options.server_name;
    PrepareClient();
  }
}

// A BIO of OpenSSL's own would write with write(2), which kills us when the peer is gone.
BIO_METHOD* TlsTransport::Method() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read(made, ReadSocket);
    BIO_meth_set_write(made, WriteSocket);
    BIO_meth_set_ctrl(made, Control);
    return made;
  }();
  return kMethod;
}

int TlsTransport::ReadSocket(BIO* bio, char* buffer, int size) {
  TlsTransport& self = *static_cast<TlsTransport*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const absl::StatusOr<size_t> count =
      sys::ReadSome(self.fd_.get(), buffer, static_cast<size_t>(size));
  if (count.ok()) {
    self.received_ = self.received_ || *count > 0;
    return static_cast<int>(*count);
  }
  if (count.status().code() == absl::StatusCode::kUnavailable) {
    BIO_set_retry_read(bio);
  } else {
    self.socket_error_ = count.status();
  }
  return -1;
}

int TlsTransport::WriteSocket(BIO* bio, const char* data, int size) {
  TlsTransport& self = *static_cast<TlsTransport*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const absl::StatusOr<size_t> count =
      sys::WriteSome(self.fd_.get(), data, static_cast<size_t>(size));
  if (count.ok() && *count > 0) {
    return static_cast<int>(*count);
  }
  if (count.ok()) {
    BIO_set_retry_write(bio);
  } else {
    self.socket_error_ = count.status();
  }
  return -1;
}

void TlsTransport::PrepareClient() {
  SSL_set_connect_state(ssl_.get());
  SSL_set_alpn_protos(ssl_.get(), kProtocolList.data(), kProtocolList.size());
  const std::string& name = context_->options.server_name;
  X509_VERIFY_PARAM* const param = SSL_get0_param(ssl_.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(param, name.data(), name.size());
    SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
  }
  ERR_clear_error();
}

absl::StatusOr<bool> TlsTransport::Establish() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    RETURN_IF_ERROR(CheckPeer());
    return true;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  wants_to_write_ = error == SSL_ERROR_WANT_WRITE;
  if (wants_to_write_ || error == SSL_ERROR_WANT_READ) {
    return false;
  }
  return Failed();
}

int TlsTransport::OnVerified(int good, X509_STORE_CTX* store) {
  const auto* const ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  X509* const leaf = X509_STORE_CTX_get0_cert(store);
  if (good == 0 && leaf != nullptr) {
    X509_up_ref(leaf);
    static_cast<TlsTransport*>(SSL_get_app_data(ssl))->problem_ = ProblemOfVerification(
        X509_STORE_CTX_get_error(store), pki::Certificate(pki::OpensslPtr<X509>(leaf)));
  }
  return good;
}

// The reason, with the name of the peer.
absl::Status TlsTransport::Failed() {
  const std::string what = "TLS with " + peer_.address;
  if (const unsigned long code = ERR_peek_last_error(); code != 0 && !problem_) {
    problem_ = ProblemOfError(code);
  }
  if (!socket_error_.ok()) {
    return base::Annotate(socket_error_, what);
  }
  if (context_->server && !received_) {
    return absl::CancelledError(what + ": the peer left without a word");
  }
  return pki::OpensslError(absl::StatusCode::kUnavailable, what);
}

// What the handshake itself does not look at.
absl::Status TlsTransport::CheckPeer() {
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  if (std::string_view(reinterpret_cast<const char*>(protocol), size) != kProtocol) {
    return absl::UnavailableError(
        std::format("TLS with {}: the peer does not ask for HTTP/2 by ALPN", peer_.address));
  }
  if (context_->server) {
    return CheckClient();
  }
  const TlsClientOptions& options = context_->options;
  peer_.verified = options.trust == TlsTrust::kCa;
  if (options.trust == TlsTrust::kFingerprint) {
    const pki::Certificate leaf{pki::OpensslPtr<X509>(SSL_get1_peer_certificate(ssl_.get()))};
    if (leaf.get() == nullptr || !std::ranges::contains(options.fingerprints, leaf.Fingerprint())) {
      if (leaf.get() != nullptr) {
        problem_ = ProblemOfVerification(X509_V_OK, leaf);
        problem_->kind = TlsProblem::Kind::kOtherFingerprint;
      }
      return absl::UnavailableError(
          std::format("TLS with {}: the certificate has another fingerprint", peer_.address));
    }
    peer_.verified = true;
  }
  return absl::OkStatus();
}

absl::Status TlsTransport::CheckClient() {
  if ((SSL_get_verify_mode(ssl_.get()) & SSL_VERIFY_PEER) == 0) {
    return absl::OkStatus();
  }
  const STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl_.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* const link = sk_X509_value(chain, i);
    X509_up_ref(link);
    const pki::Certificate certificate{pki::OpensslPtr<X509>(link)};
    if (!certificate.IsCa() && !certificate.IsForClientsOnly()) {
      return absl::UnavailableError(std::format(
          "TLS with {}: the certificate is not for client authentication only", peer_.address));
    }
    if (i == 0) {
      peer_.organizations = certificate.Organizations();
      peer_.verified = true;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> TlsTransport::Read(char* buffer, size_t size) {
  ERR_clear_error();
  size_t count = 0;
  if (SSL_read_ex(ssl_.get(), buffer, size, &count) == 1) {
    return count;
  }
  switch (SSL_get_error(ssl_.get(), 0)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return absl::UnavailableError("nothing to read");
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      return absl::AbortedError(Failed().message());
  }
}

absl::StatusOr<size_t> TlsTransport::Write(const char* data, size_t size) {
  ERR_clear_error();
  size_t count = 0;
  if (SSL_write_ex(ssl_.get(), data, size, &count) == 1) {
    return count;
  }
  switch (SSL_get_error(ssl_.get(), 0)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return 0;
    default:
      HearLastWords();
      return absl::AbortedError(Failed().message());
  }
}

// A server that does not like our certificate says so when for us the handshake is long done, and
// hangs up: what it said may be there though nothing can be sent any more.
void TlsTransport::HearLastWords() {
  if (context_->server || problem_) {
    return;
  }
  ERR_clear_error();
  char byte = 0;
  size_t count = 0;
  if (SSL_read_ex(ssl_.get(), &byte, 1, &count) != 1 && ERR_peek_last_error() != 0) {
    problem_ = ProblemOfError(ERR_peek_last_error());
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsContext>> NewTlsServerContext(
    const TlsServerOptions& options) {
  auto context = std::make_shared<TlsContext>(true, TlsClientOptions());
  SSL_CTX* const ssl = context->context.get();
  SetUp(ssl);
  SSL_CTX_set_alpn_select_cb(ssl, ChooseProtocol, nullptr);
  RETURN_IF_ERROR(UseCertificate(ssl, options.certificate_pem, options.key_pem));
  if (!options.client_cas_pem.empty()) {
    RETURN_IF_ERROR(Trust(ssl, options.client_cas_pem));
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

absl::StatusOr<std::shared_ptr<const TlsContext>> NewTlsClientContext(
    const TlsClientOptions& options) {
  auto context = std::make_shared<TlsContext>(false, options);
  SSL_CTX* const ssl = context->context.get();
  SetUp(ssl);
  if (!options.certificate_pem.empty()) {
    RETURN_IF_ERROR(UseCertificate(ssl, options.certificate_pem, options.key_pem));
  }
  if (options.trust == TlsTrust::kCa) {
    RETURN_IF_ERROR(Trust(ssl, options.cas_pem));
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, TlsTransport::OnVerified);
  }
  return context;
}

std::unique_ptr<Transport> NewTlsTransport(base::UniqueFd fd,
                                           std::shared_ptr<const TlsContext> context) {
  return std::make_unique<TlsTransport>(std::move(fd), std::move(context));
}

}  // namespace ichor::rpc
