// What the API asks of etcd's life on this node.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "machined/etcd/session.h"

namespace ichor {

class EtcdControl {
 public:
  // Called once, on the loop.
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  struct BootstrapWish {
    bool from_snapshot = false;    // the one that was sent before
    bool skip_hash_check = false;  // of it
  };

  virtual ~EtcdControl() = default;

  // Lets etcd's cluster begin on this node. `done` is called when the wish is on the disk: it
  // outlives a power cut. Asking for the same again is fine until there are data. Unimplemented
  // where there is no control plane, InvalidArgument without a CA of etcd, FailedPrecondition while
  // it is too early, AlreadyExists if there are data, or something else was asked for.
  virtual void Bootstrap(const BootstrapWish& wish, Done done) = 0;

  // A conversation with the etcd of this node. Unimplemented where there is no control plane;
  // Unavailable while etcd does not run, with the reason.
  virtual absl::StatusOr<std::shared_ptr<EtcdSession>> Open() = 0;

  // The same with another member's, at one of its client URLs: "https://10.0.0.2:2379".
  virtual absl::StatusOr<std::shared_ptr<EtcdSession>> OpenMember(const std::string& url) = 0;

  // Where a snapshot is stored that a cluster can begin from. Unimplemented where there is no
  // control plane, FailedPrecondition before EPHEMERAL is mounted.
  virtual absl::StatusOr<std::string> PlaceForSnapshot() = 0;

  // Removes etcd's data once it has ended; it is not started before. What is left is a node on
  // which a cluster may begin. `done` is called when the wish is on the disk.
  virtual void Leave(Done done) = 0;
};

}  // namespace ichor
