// The node's identity on STATE.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor {

// Two files of one directory with the same contents, the identity in YAML:
//   node-identity.yaml
//   node-identity-copy.yaml  for the day when the other one cannot be read
// Each is replaced as a whole and flushed, and neither is ever written again once both are there:
// who had an identity keeps it. Everything blocks.
class IdentityFiles {
 public:
  explicit IdentityFiles(std::string directory) : directory_(std::move(directory)) {}

  // The node's id. NotFound if there is none; DataLoss if what is there cannot be read.
  absl::StatusOr<std::string> Read() const;

  // The same; without one, makes one first. What is damaged is mended from its copy.
  absl::StatusOr<std::string> ReadOrMake() const;

  // As ReadOrMake, but what is lost with its copy becomes a new identity: for an administrator who
  // repairs a node.
  absl::StatusOr<std::string> Repair() const;

 private:
  std::string Path(const char* name) const { return directory_ + "/" + name; }
  absl::Status Mend(const std::string& node_id) const;
  absl::StatusOr<std::string> Make() const;

  const std::string directory_;
};

}  // namespace ichor
