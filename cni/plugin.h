// A call of the plugin `flannel` by a container runtime.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace ichor::cni {

// What a runtime calls a plugin with, and how the plugin does its work.
struct Call {
  std::function<std::string(const char* name)> variable;  // of the environment; "" without it
  std::string input;                                      // of the standard one
  // Runs the program at a path with that input, and with this call's output and environment. How it
  // exited, or why it did not run.
  std::function<absl::StatusOr<int>(const std::string& path, const std::string& input)> run;
};

// What the plugin leaves behind.
struct Answer {
  std::string output;  // JSON; empty: the delegate has said it
  int exit_code = 0;
};

// Does what CNI_COMMAND says: ADD, DEL, CHECK or VERSION. What was delegated by ADD is kept in a
// file below "dataDir" (/var/lib/cni/flannel), so that DEL undoes just that, also without flannel;
// a container that was never added is gone already. Blocks.
Answer Handle(const Call& call);

}  // namespace ichor::cni
