// kubectl on this machine, before the API server of a node.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::qemu {

// Every method blocks until kubectl has ended.
class Kubectl {
 public:
  // `program` is kubectl; `directory` keeps its kubeconfig, its log, and what it is given.
  Kubectl(std::string program, std::string directory)
      : program_(std::move(program)), directory_(std::move(directory)) {}

  // Where its kubeconfig has to be.
  std::string Kubeconfig() const { return directory_ + "/kubeconfig"; }

  // What it prints. It is asked once; an error has what it printed.
  absl::StatusOr<std::string> Run(const std::vector<std::string>& words) const;

  // The same, asked again until it succeeds: the API server may be on its way, or what is asked for
  // may not be there yet. DeadlineExceeded with its last words when patience ends.
  absl::StatusOr<std::string> Eventually(const std::vector<std::string>& words) const;

  // Gives the cluster objects, as YAML, as soon as it takes them.
  absl::Status Apply(const std::string& objects) const;

  // The words that run it, for who starts it himself.
  std::vector<std::string> Words(const std::vector<std::string>& words) const;

 private:
  std::string program_;
  std::string directory_;
};

}  // namespace ichor::qemu
