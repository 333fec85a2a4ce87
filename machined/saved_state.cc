#include "machined/saved_state.h"

#include <chrono>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"

namespace ichor::machined {
namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr size_t kLargestHistory = 16 << 20;  // bytes

}  // namespace

SavedState::SavedState(Parts parts, std::vector<Kind> kinds)
    : parts_(std::move(parts)),
      options_({.path = parts_.directory + "/machined",
                .program = "machined",
                .kinds = std::move(kinds)}),
      history_(parts_.directory + "/events") {}

bool SavedState::Load() {
  const absl::StatusOr<size_t> rows = LoadCheckpoint(parts_.store, options_);
  if (rows.ok()) {
    base::Log(base::Severity::kInfo, "went on from a checkpoint of {} rows", *rows);
  } else if (!absl::IsNotFound(rows.status())) {
    base::Log(base::Severity::kError, "{}", base::MessageOf(rows.status()));
  }
  const absl::StatusOr<std::string> history = sys::ReadFile(history_, kLargestHistory);
  if (history.ok()) {
    if (const absl::Status restored = parts_.events.Restore(*history); !restored.ok()) {
      base::Log(base::Severity::kError, "events: {}", base::MessageOf(restored));
    }
  }
  return !absl::IsNotFound(rows.status());
}

void SavedState::SaveSoon() {
  if (!std::exchange(scheduled_, true)) {
    parts_.loop.RunAt(parts_.clock.Monotonic() + kInterval, [this] {
      scheduled_ = false;
      Save();
    });
  }
}

// Encodes on the loop, which owns the state.
void SavedState::Save() {
  std::string state =
      EncodeCheckpoint(CheckpointRows(parts_.store, options_.kinds), options_).bytes;
  std::string history = parts_.events.Save();
  std::string both = state + history;
  if (both == saved_) {
    return;
  }
  saved_ = std::move(both);
  parts_.worker.Run("checkpoint", [path = options_.path, events = history_,
                                   state = std::move(state), history = std::move(history)] {
    absl::Status status = sys::WriteFileAtomically(path, state, 0600);
    status.Update(sys::WriteFileAtomically(events, history, 0600));
    if (!status.ok()) {
      base::Log(base::Severity::kError, "checkpoint: {}", base::MessageOf(status));
    }
  });
}

}  // namespace ichor::machined
