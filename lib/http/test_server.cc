#include "lib/http/test_server.h"

#include <openssl/ssl.h>
#include <sys/epoll.h>

#include <array>
#include <format>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"
#include "lib/sys/unix_socket.h"

namespace ichor::http {
namespace {

struct FreeSsl {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// TLS between bytes of the network and bytes of the application, without a socket.
class Tls {
 public:
  explicit Tls(const TestServer::Certificate& identity)
      : context_(SSL_CTX_new(TLS_server_method())) {
    const auto certificate = pki::Certificate::FromPem(identity.certificate_pem);
    const auto key = pki::Key::FromPem(identity.key_pem);
    CHECK(SSL_CTX_use_certificate(context_.get(), certificate->get()) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context_.get(), key->get()) == 1);
    if (!identity.client_ca_pem.empty()) {
      const auto ca = pki::Certificate::FromPem(identity.client_ca_pem);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), ca->get());
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                         nullptr);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }

  // What `bytes` of the network say.
  std::string Decrypt(std::string_view bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    return ReadAll([this](char* buffer, int size) { return SSL_read(ssl_.get(), buffer, size); });
  }

  void Encrypt(std::string_view text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  }
  void Close() { SSL_shutdown(ssl_.get()); }

  // What has to go out.
  std::string Out() {
    return ReadAll([this](char* buffer, int size) {
      return BIO_read(SSL_get_wbio(ssl_.get()), buffer, size);
    });
  }

 private:
  template <class Read>
  static std::string ReadAll(Read read) {
    std::string all;
    std::array<char, 4096> buffer{};
    for (int size = read(buffer.data(), buffer.size()); size > 0;
         size = read(buffer.data(), buffer.size())) {
      all.append(buffer.data(), static_cast<size_t>(size));
    }
    return all;
  }

  std::unique_ptr<SSL_CTX, FreeSsl> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace

class TestServer::Connection {
 public:
  Connection(base::UniqueFd fd, const std::optional<Certificate>& certificate)
      : fd_(std::move(fd)) {
    if (certificate.has_value()) {
      tls_.emplace(*certificate);
    }
  }

  int fd() const { return fd_.get(); }

  // Takes what came. False if the client is gone.
  bool Receive() {
    std::array<char, 4096> buffer{};
    const absl::StatusOr<size_t> size = sys::ReadSome(fd_.get(), buffer.data(), buffer.size());
    if (!size.ok() || *size == 0) {
      return absl::IsUnavailable(size.status());
    }
    const std::string_view bytes(buffer.data(), *size);
    received_ += tls_.has_value() ? tls_->Decrypt(bytes) : std::string(bytes);
    Flush();
    return true;
  }

  // The request, once it is whole.
  std::optional<std::string> TakeRequest() {
    constexpr std::string_view kLength = "Content-Length: ";
    const size_t head = received_.find("\r\n\r\n");
    if (head == std::string::npos) {
      return std::nullopt;
    }
    const size_t length = received_.find(kLength);
    const size_t body =
        length < head ? std::stoul(received_.substr(length + kLength.size())) : size_t{0};
    if (received_.size() < head + 4 + body) {
      return std::nullopt;
    }
    return std::exchange(received_, "");
  }

  // The answers of tests fit into a socket's buffer.
  void Send(std::string_view text) {
    if (tls_.has_value()) {
      tls_->Encrypt(text);
      tls_->Close();
      Flush();
    } else {
      Write(text);
    }
  }

 private:
  void Flush() {
    if (tls_.has_value()) {
      Write(tls_->Out());
    }
  }
  void Write(std::string_view bytes) const {
    sys::WriteSome(fd_.get(), bytes.data(), bytes.size()).IgnoreError();
  }

  const base::UniqueFd fd_;
  std::optional<Tls> tls_;
  std::string received_;
};

TestServer::TestServer(Loop& loop, Answer answer, std::optional<Certificate> certificate)
    : loop_(loop), answer_(std::move(answer)), certificate_(std::move(certificate)) {
  auto listener =
      sys::StreamListener::Listen(loop.poller(), "127.0.0.1:0", [this](base::UniqueFd fd) {
        const int number = fd.get();
        connections_[number] = std::make_unique<Connection>(std::move(fd), certificate_);
        CHECK(loop_.poller()
                  .Add(number, EPOLLIN, [this, number](std::uint32_t) { OnReady(number); })
                  .ok());
      });
  CHECK(listener.ok()) << listener.status();
  listener_ = *std::move(listener);
}

TestServer::~TestServer() {
  for (const auto& [fd, connection] : connections_) {
    loop_.poller().Remove(fd);
  }
}

void TestServer::OnReady(int fd) {
  Connection& connection = *connections_.at(fd);
  bool open = connection.Receive();
  if (const auto request = connection.TakeRequest(); open && request.has_value()) {
    requests_.push_back(*request);
    if (const std::optional<std::string> answer = answer_(*request); answer.has_value()) {
      connection.Send(*answer);
      open = false;
    }
  }
  if (!open) {
    loop_.poller().Remove(fd);
    connections_.erase(fd);
  }
}

std::string Answer200(const std::string& body) {
  return std::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

}  // namespace ichor::http
