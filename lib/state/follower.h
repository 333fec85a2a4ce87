// Copies one kind of a peer's state into the own store, and keeps the copy up to date.
#pragma once

#include <functional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "cosi/resource/state.pb.h"
#include "lib/resource/metadata.h"
#include "lib/rpc/client.h"
#include "lib/runtime/store.h"

namespace ichor::state {

// Rows come with the peer's versions, times and owners. A row that did not change is not written.
// Lives as long as the connection; the copy stays. Loop's thread only.
class Follower {
 public:
  // `on_complete` is called when the whole kind was copied once; `on_broken` when the watch ends,
  // once.
  Follower(rpc::Client& client, Store& store, Kind kind,
           std::function<void(absl::Status)> on_broken, std::function<void()> on_complete);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

 private:
  void OnResponse(const std::string& bytes);
  absl::Status OnEvent(const cosi::resource::Event& event);
  absl::Status Put(const cosi::resource::Resource& proto);
  void EvictUnseen();
  void Break(const absl::Status& status);

  Store& store_;
  const Kind kind_;
  std::function<void(absl::Status)> on_broken_;  // empty after it was called
  const std::function<void()> on_complete_;
  bool complete_ = false;
  absl::flat_hash_set<std::string> seen_;  // ids, until the copy is complete
};

}  // namespace ichor::state
