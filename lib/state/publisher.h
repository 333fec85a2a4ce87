// Keeps a peer's rows of one kind equal to the own ones.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/resource/resource.h"
#include "lib/rpc/client.h"
#include "lib/runtime/collection.h"

namespace ichor::state {

// Only the rows of `owner` are looked at. Asks the peer what it has, then creates, updates and
// destroys what differs, one call a row at a time. Lives as long as the connection. Loop's thread
// only.
class Publisher {
 public:
  // `is_known`: whether `collection` holds all that there is to say; until then nothing is written.
  // `on_broken` is called once, when the peer is gone or its rows are not what they were.
  Publisher(rpc::Client& client, Collection& collection, std::string owner,
            std::function<bool()> is_known, std::function<void(absl::Status)> on_broken);
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Writes what differs. Cheap if nothing changed since the last call.
  void Sync();

 private:
  void Ask();
  void OnRow(const std::string& bytes);
  void SyncRow(const std::string& id);
  void Write(const std::string& id, const ResourcePtr& own);
  void Call(const std::string& id, const std::string& method, const std::string& request);
  void OnReply(const std::string& id, bool destroyed, const absl::StatusOr<std::string>& reply);
  void OnRefused(const absl::Status& status);
  void Break(const absl::Status& status);

  rpc::Client& client_;
  Collection& collection_;
  const std::string owner_;
  const std::function<bool()> is_known_;
  std::function<void(absl::Status)> on_broken_;  // empty after it was called
  bool listed_ = false;                          // theirs_ is complete
  std::int64_t generation_ = -1;                 // of the collection, when it was last compared
  std::map<std::string, Resource, std::less<>> theirs_;
  std::set<std::string, std::less<>> in_flight_;
};

}  // namespace ichor::state
