#include "lib/runtime/running_controller.h"

#include <algorithm>
#include <utility>

namespace ichor {

RunningController::RunningController(Node node, std::vector<TypeState*> inputs, std::vector<TypeState*> outputs)
    : node_(std::move(node)),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)),
      seen_(inputs_.size(), -1) {}

const TypeState* RunningController::UnknownInput() const {
  const auto unknown = std::ranges::find_if(inputs_, [](const TypeState* input) { return !input->known(); });
  return unknown == inputs_.end() ? nullptr : *unknown;
}

bool RunningController::InputsChanged() const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const bool own_report = std::ranges::contains(outputs_, inputs_[i]);
    if (seen_[i] < 0 || (!own_report && seen_[i] != inputs_[i]->rows.collection().generation())) {
      return true;
    }
  }
  return inputs_.empty() && !finished_once_;
}

Inputs RunningController::Take() {
  Inputs inputs;
  inputs.reserve(inputs_.size());
  for (size_t i = 0; i < inputs_.size(); ++i) {
    Collection& collection = inputs_[i]->rows.collection();
    seen_[i] = collection.generation();
    inputs.push_back(collection.Running());
  }
  return inputs;
}

bool RunningController::Finish(const absl::Status& status) {
  const bool differs = !finished_once_ || status != status_ || !status.ok();
  finished_once_ = true;
  status_ = status;
  failures_ = status.ok() ? 0 : failures_ + 1;
  return differs;
}

}  // namespace ichor
