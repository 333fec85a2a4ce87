// A registered reconciler or actuator while the runtime runs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/runtime/graph.h"
#include "lib/runtime/type_state.h"

namespace ichor {

// Inputs, outputs and the outcome of the last run. Confined to the loop's thread.
class RunningController {
 public:
  // `inputs` and `outputs` in order of the node's; they must outlive this.
  RunningController(Node node, std::vector<TypeState*> inputs, std::vector<TypeState*> outputs);

  const Node& node() const { return node_; }
  const std::vector<TypeState*>& outputs() const { return outputs_; }

  // The first input that is not known yet; null if all are.
  const TypeState* UnknownInput() const;

  // Whether an input changed since the last Take, or there was none. A controller's own report does
  // not count, nor does its own row of the controller statuses.
  bool InputsChanged() const;

  // Snapshots of all inputs; from now on they count as seen.
  Inputs Take();

  // The outcome of a run. True if it differs from the one before.
  bool Finish(const absl::Status& status);

  bool finished_once() const { return finished_once_; }
  const absl::Status& status() const { return status_; }
  // Failures since the last success.
  std::uint32_t failures() const { return failures_; }

 private:
  bool ChangedByOthers(const Collection& input, std::int64_t seen) const;

  Node node_;
  std::vector<TypeState*> inputs_;
  std::vector<TypeState*> outputs_;
  std::vector<std::int64_t> seen_;  // generations, in order of the inputs
  bool finished_once_ = false;
  absl::Status status_;
  std::uint32_t failures_ = 0;
};

}  // namespace ichor
