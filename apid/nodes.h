// The ways to apid of other nodes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apid/hop.h"
#include "lib/base/clock.h"
#include "lib/pki/secret.h"
#include "lib/runtime/loop.h"

namespace ichor::apid {

// How this node shows other nodes that it speaks for its callers, and knows that they are nodes.
struct Credentials {
  std::string cas_pem;
  std::string certificate_pem;
  pki::Secret key_pem;

  bool operator==(const Credentials&) const = default;
};

struct NodesOptions {
  std::uint16_t port = 50000;
  size_t max_nodes = 128;  // connections at once; one that is idle makes room for another
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds idle_timeout{60};
};

// One connection to each node that is called, with TLS in both directions: made with the first
// call, and closed when there was none for a while. Loop's thread only.
class Nodes {
 public:
  // All must outlive it.
  Nodes(Loop& loop, const base::Clock& clock, const NodesOptions& options = {});
  ~Nodes();
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;

  // What new connections get; those made with others end with their calls. Nothing: none are made.
  void SetCredentials(std::optional<Credentials> credentials);
  bool forwards() const { return credentials_.has_value(); }

  // The way to the node with this address, valid until the loop turns, and as long as it has calls.
  // Internal if `target` is no address, as clients expect; ResourceExhausted if too many other
  // nodes are being called. A call to a node that does not answer in time ends with Unavailable.
  absl::StatusOr<Hop*> To(const std::string& target);

  // How many connections there are, those included that are being made.
  size_t connections() const { return nodes_.size() + retired_.size(); }

 private:
  class Node;

  void Look();
  void LookLater();

  Loop& loop_;
  const base::Clock& clock_;
  const NodesOptions options_;
  std::optional<Credentials> credentials_;
  std::map<std::string, std::unique_ptr<Node>> nodes_;  // by address
  std::vector<std::unique_ptr<Node>> retired_;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace ichor::apid
