// Two processes, one state: follows chosen kinds of a peer's state, and publishes own kinds there.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/rpc/client.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/state/follower.h"
#include "lib/state/publisher.h"

namespace ichor::state {

struct MirrorOptions {
  std::string path;              // of the peer's socket
  std::string owner;             // of what is published there, and no other: "networkd"
  std::vector<TypeRef> follow;   // kinds copied from the peer
  std::vector<TypeRef> publish;  // kinds copied to the peer
};

// Connects, and connects again whenever the connection breaks: after 100 ms, doubled up to 5 s.
// Meanwhile the last copy stays. A followed kind becomes known to the runtime with its first
// complete copy; an own kind is published once the runtime knows it, so that a restart on either
// side empties nothing. Loop's thread only.
class Mirror {
 public:
  static constexpr std::chrono::milliseconds kFirstBackoff{100};
  static constexpr std::chrono::seconds kLongestBackoff{5};

  // What it stands on; all must outlive it. It takes the runtime's settle listener.
  struct Environment {
    Loop& loop;
    Runtime& runtime;
    Store& store;
    const base::Clock& clock;
  };

  Mirror(const Environment& environment, MirrorOptions options);
  ~Mirror();
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;

  // Whether the connection stands.
  bool connected() const { return client_ != nullptr; }

 private:
  void Connect();
  void Begin();
  void OnBroken(std::uint64_t session);
  void Later(base::MonotonicTime time, std::function<void()> task);

  const Environment environment_;
  const MirrorOptions options_;
  // Tasks and timers hold it weakly, and do nothing once it is gone.
  const std::shared_ptr<Mirror*> self_ = std::make_shared<Mirror*>(this);

  std::uint64_t session_ = 0;  // counts connections, so that news of an old one is told apart
  std::chrono::nanoseconds backoff_ = kFirstBackoff;
  std::vector<std::unique_ptr<Follower>> followers_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::unique_ptr<rpc::Client> client_;  // last: its end may call the others
};

}  // namespace ichor::state
