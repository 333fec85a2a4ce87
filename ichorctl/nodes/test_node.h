// A node that answers what a test says, over TLS with certificates, on the loop of the session that
// asks it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "ichorctl/cli/command.h"
#include "ichorctl/files/test_session.h"
#include "ichorctl/nodes/node_flags.h"
#include "lib/base/clock.h"
#include "lib/pki/identity.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"

namespace ichor::ctl {

class TestNode {
 public:
  struct Options {
    std::vector<std::string> nodes = {"10.0.0.2"};      // of the context
    std::vector<std::string> roles = {"os:admin"};      // of the client
    std::chrono::seconds client_lifetime{8760 * 3600};  // from an hour ago
    std::chrono::seconds server_age{3600};              // how long its certificate is valid already
    std::string server_name = "node-1";                 // in its certificate
    bool maintenance = false;                           // it asks for no certificate
    bool known = true;                                  // its CA is the context's
  };

  // One call that came.
  struct Call {
    std::string method;
    std::string node;  // of the metadata
    std::string request;
  };

  // What a call gets: messages, then a status.
  struct Reply {
    std::vector<std::string> messages;
    absl::Status status{};
  };
  using Method = std::function<Reply(const Call&)>;

  TestNode() : TestNode(Options()) {}
  explicit TestNode(const Options& options);

  // Answers calls of `method` ("/machine.MachineService/Version").
  void Answer(const std::string& method, Method answer);
  void Answer(const std::string& method, const google::protobuf::Message& reply);
  void Fail(const std::string& method, const absl::Status& status);

  // Runs one of `make`'s commands with the session's client config.
  absl::Status Run(const std::function<Command(const SharedNodeFlags&)>& make,
                   std::vector<std::string> words, std::string_view in = {});

  // The calls since the last Run began.
  const std::vector<Call>& calls() const { return calls_; }
  TestSession& session() { return session_; }
  Session& world() { return world_; }
  std::string out() const { return session_.out(); }
  std::string err() const { return session_.err(); }
  std::string address() const;  // "127.0.0.1:4711"
  std::string fingerprint() const { return server_identity_.certificate.Fingerprint(); }
  // Hangs up, and listens no more.
  void Stop() { server_.reset(); }

 private:
  void WriteClientConfig(const Options& options);

  base::RealClock clock_;  // OpenSSL looks at the real one too
  TestSession session_;
  std::unique_ptr<Loop> loop_;
  Session world_;
  pki::Identity ca_;
  pki::Identity server_identity_;
  std::unique_ptr<rpc::Server> server_;
  std::string address_;
  std::vector<Call> calls_;
};

}  // namespace ichor::ctl
