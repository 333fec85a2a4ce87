#include "qemu-tests/kubernetes/kubectl.h"

#include <poll.h>

#include <chrono>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "qemu-tests/child_process.h"

namespace ichor::qemu {
namespace {

// Emulation on a busy host is slow: this is not what a cluster may take.
constexpr std::chrono::minutes kPatience{25};
constexpr int kLookAgainMs = 1000;

}  // namespace

std::vector<std::string> Kubectl::Words(const std::vector<std::string>& words) const {
  // What is lost on the way to a machine that ended is not answered.
  std::vector<std::string> all = {"timeout",
                                  "900",
                                  program_,
                                  "--kubeconfig",
                                  Kubeconfig(),
                                  "--cache-dir",
                                  directory_ + "/cache"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

absl::StatusOr<std::string> Kubectl::Run(const std::vector<std::string>& words) const {
  return OutputOf(Words(words), directory_ + "/kubectl.log");
}

absl::StatusOr<std::string> Kubectl::Eventually(const std::vector<std::string>& words) const {
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + kPatience;
  while (true) {
    absl::StatusOr<std::string> said = Run(words);
    if (said.ok()) {
      return said;
    }
    if (clock.Monotonic() > until) {
      return absl::DeadlineExceededError(said.status().message());
    }
    poll(nullptr, 0, kLookAgainMs);
  }
}

absl::Status Kubectl::Apply(const std::string& objects) const {
  const std::string file = directory_ + "/objects.yaml";
  std::ofstream(file) << objects;
  return Eventually({"apply", "-f", file}).status();
}

}  // namespace ichor::qemu
