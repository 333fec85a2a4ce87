// An HTTP server for tests, on the loop of its client: it says what the test says, and closes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/runtime/loop.h"
#include "lib/sys/message_stream.h"

namespace ichor::http {

// HTTP/1.1 on 127.0.0.1, with TLS if it has a certificate.
class TestServer {
 public:
  // Bytes to answer a request with, which is its text, with a body if it has a length; absent:
  // none, ever.
  using Answer = std::function<std::optional<std::string>(const std::string& request)>;
  struct Certificate {
    std::string certificate_pem;
    std::string key_pem;
    std::string client_ca_pem{};  // clients must have a certificate of it, unless empty
  };

  TestServer(Loop& loop, Answer answer, std::optional<Certificate> certificate = std::nullopt);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const { return *listener_->port(); }
  // All that came, in order.
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  class Connection;
  void OnReady(int fd);

  Loop& loop_;
  const Answer answer_;
  const std::optional<Certificate> certificate_;
  std::vector<std::string> requests_;
  std::map<int, std::unique_ptr<Connection>> connections_;  // by descriptor
  std::unique_ptr<sys::StreamListener> listener_;
};

// An answer with a body, whole.
std::string Answer200(const std::string& body);

}  // namespace ichor::http
