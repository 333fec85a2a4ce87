// Pulls an image as a node does: pull_bench SOCKET IMAGE asks the containerd that listens at
// SOCKET. tools/pull_figures.py takes the time.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/runtime/loop.h"
#include "machined/containers/containerd.h"
#include "machined/containers/images.h"

namespace ichor {
namespace {

absl::Status Pull(const std::string& socket, const std::string& image) {
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  ASSIGN_OR_RETURN(const std::unique_ptr<Containerd> containerd,
                   Containerd::Connect(*loop, socket, "system"));
  absl::Status ended;
  PullImage(*containerd, image, {}, [&](const absl::StatusOr<bool>& pulled) {
    ended = pulled.status();
    loop->Stop();
  });
  loop->Run();
  return ended;
}

}  // namespace
}  // namespace ichor

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() != 3) {
    std::fputs("usage: pull_bench SOCKET IMAGE\n", stderr);
    return 2;
  }
  const absl::Status pulled = ichor::Pull(words[1], words[2]);
  if (!pulled.ok()) {
    std::fprintf(stderr, "%s\n", std::string(ichor::base::MessageOf(pulled)).c_str());
  }
  return pulled.ok() ? 0 : 1;
}
