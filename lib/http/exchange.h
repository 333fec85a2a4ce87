// Asking one server over and over, from a worker: each call blocks until its answer is whole.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::http {

// Who is asked, and as whom.
struct Peer {
  std::string ca_pem;           // that its certificate leads to; one or several
  std::string certificate_pem;  // ours; empty: none
  std::string key_pem;
  std::string at{};  // "127.0.0.1:10250": where it is, whatever host URLs name; empty: there
};

struct Question {
  std::string method = "GET";
  std::string url;  // https://
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  // of the whole exchange
  size_t max_bytes = 16 << 20;                                   // of the answer's body
};

struct Answer {
  long status = 0;
  std::string body;
};

// Keeps its connection open between calls. Without proxies, redirects and cookies. One thread at a
// time.
class Exchange {
 public:
  virtual ~Exchange() = default;
  static std::unique_ptr<Exchange> Create(Peer peer);

  // Any status is an answer. Errors are those of http::Done, without those of answers.
  virtual absl::StatusOr<Answer> Ask(const Question& question) = 0;
};

}  // namespace ichor::http
