#include "lib/runtime/running_controller.h"

#include <algorithm>
#include <utility>

#include "lib/runtime/controller_status.h"

namespace ichor {

RunningController::RunningController(Node node, std::vector<TypeState*> inputs,
                                     std::vector<TypeState*> outputs)
    : node_(std::move(node)),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)),
      seen_(inputs_.size(), -1) {}

const TypeState* RunningController::UnknownInput() const {
  const auto unknown =
      std::ranges::find_if(inputs_, [](const TypeState* input) { return !input->known(); });
  return unknown == inputs_.end() ? nullptr : *unknown;
}

bool RunningController::InputsChanged() const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (seen_[i] < 0 || ChangedByOthers(inputs_[i]->rows.collection(), seen_[i])) {
      return true;
    }
  }
  return inputs_.empty() && !finished_once_;
}

bool RunningController::ChangedByOthers(const Collection& input, std::int64_t seen) const {
  const EventLog& log = input.log();
  if (seen < log.first()) {
    return true;
  }
  for (std::int64_t position = seen; position < log.next(); ++position) {
    const Metadata& row = log.At(position).resource->metadata;
    if (row.owner != node_.name && (row.owner != kStatusWriter || row.id != node_.name)) {
      return true;
    }
  }
  return false;
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
