// Connections to API servers.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/unique_fd.h"
#include "lib/runtime/loop.h"
#include "machined/kubeprism/ranking.h"

namespace ichor {

// Connects to the addresses of a host, one after the other, and gives each 15 s. Loop's thread
// only.
class Dialer {
 public:
  static constexpr std::chrono::seconds kPatience{15};
  using Addresses = absl::StatusOr<std::vector<std::string>>;  // "10.0.0.1"
  struct Doors {                                               // all outlive the dialer
    Loop& loop;
    const base::Clock& clock;
    // Looks a host's addresses up, elsewhere, and answers on the loop.
    std::function<void(const std::string& host, absl::AnyInvocable<void(Addresses)> done)> resolve;
  };
  struct Connection {
    base::UniqueFd fd;  // stands, and does not block
    std::chrono::nanoseconds latency{};
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<Connection>)>;
  enum class Names : bool { kAsKnown, kAnew };

  explicit Dialer(Doors doors);
  ~Dialer();
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  // Connects to `upstream`: `done` is called later, or not at all once the dialer is gone.
  // Unavailable if nobody answers. Addresses of a name are those that were found last, unless they
  // are to be looked up anew; of one name one lookup is under way at a time.
  void Dial(const Upstream& upstream, Names names, Done done);

 private:
  struct Attempt;
  using Waiting = std::vector<absl::AnyInvocable<void(const Addresses&)>>;

  void Lookup(const std::string& host, Names names,
              absl::AnyInvocable<void(const Addresses&)> then);
  void Try(const std::shared_ptr<Attempt>& attempt);
  void Finish(const std::shared_ptr<Attempt>& attempt, const absl::Status& status);

  const Doors doors_;
  const std::shared_ptr<Dialer*> self_ = std::make_shared<Dialer*>(this);
  std::map<std::string, std::vector<std::string>> known_;  // by host
  std::map<std::string, Waiting> lookups_;                 // by host
  std::map<int, std::shared_ptr<Attempt>> attempts_;       // by descriptor
};

}  // namespace ichor
