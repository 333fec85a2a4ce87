#include "qemu-tests/kubernetes/writer.h"

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <format>
#include <fstream>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {
namespace {

constexpr std::string_view kTaken = " created";
// $1 begins the names; the rest are the words of kubectl.
constexpr const char* kLoop =
    "n=$1; shift; i=0; while :; do \"$@\" create configmap $n-$i --from-literal=a=$i || sleep 1; "
    "i=$((i+1)); done";

}  // namespace

absl::StatusOr<Writer> Writer::Start(const Kubectl& kubectl, const std::string& name) {
  std::string log = std::format("{}/{}.log", TestDirectory(), name);
  std::vector<std::string> words = {"sh", "-c", kLoop, "writer", name};
  const std::vector<std::string> more = kubectl.Words({});
  words.insert(words.end(), more.begin(), more.end());
  ASSIGN_OR_RETURN(ChildProcess child, ChildProcess::Start(words, log));
  return Writer(std::move(child), std::move(log));
}

absl::Status Writer::Await(std::size_t objects) const {
  constexpr std::chrono::minutes kPatience{15};
  constexpr int kLookAgainMs = 200;
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + kPatience;
  while (Acknowledged().size() < objects) {
    if (clock.Monotonic() > until) {
      return absl::DeadlineExceededError(std::format("no {} objects: see {}", objects, log_));
    }
    poll(nullptr, 0, kLookAgainMs);
  }
  return absl::OkStatus();
}

std::vector<std::string> Writer::Acknowledged() const {
  std::vector<std::string> names;
  std::ifstream file(log_);
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with(kTaken)) {
      names.push_back(line.substr(0, line.size() - kTaken.size()));
    }
  }
  return names;
}

}  // namespace ichor::qemu
