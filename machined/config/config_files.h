// The config's files on STATE.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"

namespace ichor {

// A config that waits for its confirmation: without it the one before comes back.
struct ConfigTrial {
  base::WallTime until{};
  std::chrono::seconds window{};  // what was asked for
};

struct SavedConfigs {
  std::optional<std::string> current;
  // What was in force before `current`, if that did not wait for a confirmation.
  std::optional<std::string> known_good;
  std::optional<ConfigTrial> trial;
  bool proven = true;  // machined has run with `current` for a while, or it is the first one
};

// Files of one directory:
//   config.yaml             the config
//   config-known-good.yaml  the one before it
//   config-trial            while config.yaml waits for a confirmation: until when, and how long
//   config-unproven         while nobody knows yet whether machined can live with config.yaml
// Each is replaced as a whole and flushed. A power cut between two of them leaves the old config or
// the new one, and a config on trial never without its trial. Everything blocks.
class ConfigFiles {
 public:
  explicit ConfigFiles(std::string directory) : directory_(std::move(directory)) {}

  // What is there. A trial that cannot be understood is one that is over.
  absl::StatusOr<SavedConfigs> Read() const;

  // Makes `text` the config, on trial or for good. What was the config for good becomes the known
  // good one, unless it is unproven and `text` is for good, too.
  absl::Status Save(const std::string& text, const std::optional<ConfigTrial>& trial) const;

  // Ends the trial: the config stays.
  absl::Status Confirm() const;

  // Ends the trial: the known good config is the config again.
  absl::Status Revert() const;

  // machined can live with the config.
  absl::Status Prove() const;

 private:
  std::string Path(const char* name) const { return directory_ + "/" + name; }

  const std::string directory_;
};

}  // namespace ichor
