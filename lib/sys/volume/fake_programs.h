// Programs that do what a test says.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "lib/sys/volume/programs.h"

namespace ichor::sys {

// For one thread at a time.
class FakePrograms : public Programs {
 public:
  using Behaviour = std::function<absl::Status(const std::vector<std::string>& command)>;

  explicit FakePrograms(Behaviour behaviour = {}) : behaviour_(std::move(behaviour)) {}

  // Everything that was run, words joined by blanks.
  std::vector<std::string> commands;

  absl::Status Run(const std::vector<std::string>& command, std::chrono::seconds limit) override;

 private:
  const Behaviour behaviour_;
};

}  // namespace ichor::sys
