// What is kept of a node when a test fails: what it says of itself while it still can.
#pragma once

#include <string>

#include "qemu-tests/node_api.h"

namespace ichor::qemu {

// A node that is asked when an assertion fails, for as long as this lives.
class NotedNode {
 public:
  // Notes go into files in `directory`. `api` outlives this.
  NotedNode(NodeApi& api, std::string directory);
  ~NotedNode();
  NotedNode(const NotedNode&) = delete;
  NotedNode& operator=(const NotedNode&) = delete;

  // Writes services, logs and the rows that say why a node is not well; what cannot be read within
  // seconds is left out. Once: later calls do nothing.
  void Write();

 private:
  NodeApi& api_;
  const std::string directory_;
  bool written_ = false;
};

// Write() of all that live.
void NoteNodes();

}  // namespace ichor::qemu
