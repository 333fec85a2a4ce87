#include "lib/state/mirror.h"

#include <algorithm>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor::state {

Mirror::Mirror(const Environment& environment, MirrorOptions options)
    : environment_(environment), options_(std::move(options)) {
  for (const TypeRef& type : options_.follow) {
    environment_.runtime.SetExternal(type, false);
  }
  environment_.runtime.OnSettled([this] {
    for (const std::unique_ptr<Publisher>& publisher : publishers_) {
      publisher->Sync();
    }
  });
  Connect();
}

Mirror::~Mirror() {
  environment_.runtime.OnSettled([] {});
}

void Mirror::Connect() {
  absl::StatusOr<std::unique_ptr<rpc::Client>> client =
      rpc::Client::Connect(environment_.loop, options_.path);
  if (!client.ok()) {
    Later(environment_.clock.Monotonic() + backoff_, [this] { Connect(); });
    backoff_ = std::min<std::chrono::nanoseconds>(backoff_ * 2, kLongestBackoff);
    return;
  }
  client_ = *std::move(client);
  Begin();
}

void Mirror::Begin() {
  const std::uint64_t session = ++session_;
  // Told in the middle of a call's end: what it leads to must wait until that is over.
  const auto on_broken = [this, session](const absl::Status& status) {
    base::Log(base::Severity::kWarning, "mirror of {}: {}", options_.path, base::MessageOf(status));
    Later(environment_.clock.Monotonic(), [this, session] { OnBroken(session); });
  };
  for (const TypeRef& type : options_.follow) {
    followers_.push_back(std::make_unique<Follower>(*client_, environment_.store, type.kind,
                                                    on_broken, [this, type] {
                                                      backoff_ = kFirstBackoff;
                                                      environment_.runtime.SetExternal(type, true);
                                                    }));
  }
  for (const TypeRef& type : options_.publish) {
    publishers_.push_back(std::make_unique<Publisher>(
        *client_, environment_.store.CollectionOf(type.kind.ns, type.kind.type), options_.owner,
        [this, kind = type.kind] { return environment_.runtime.IsKnown(kind); }, on_broken));
  }
}

void Mirror::OnBroken(std::uint64_t session) {
  if (session != session_ || client_ == nullptr) {
    return;
  }
  ++session_;
  client_.reset();  // first: its calls point to the others
  followers_.clear();
  publishers_.clear();
  Later(environment_.clock.Monotonic() + backoff_, [this] { Connect(); });
  backoff_ = std::min<std::chrono::nanoseconds>(backoff_ * 2, kLongestBackoff);
}

void Mirror::Later(base::MonotonicTime time, std::function<void()> task) {
  environment_.loop.RunAt(time, [weak = std::weak_ptr(self_), task = std::move(task)] {
    if (weak.lock() != nullptr) {
      task();
    }
  });
}

}  // namespace ichor::state
