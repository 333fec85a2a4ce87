// The unary calls and the list of cosi.resource.State: bytes in, bytes out, on the loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cosi/resource/state.pb.h"
#include "lib/runtime/store.h"
#include "lib/state/request.h"

namespace ichor::state {

enum class Access : std::uint8_t { kRead, kWrite };

// Says whether a peer may do that with that kind: OK, or the error that it gets.
using Authorize =
    std::function<absl::Status(Access access, std::string_view ns, std::string_view type)>;

struct HandlerOptions {
  SpecTyping typing = SpecTyping::kKnownTypes;
  Authorize authorize = [](Access, std::string_view, std::string_view) { return absl::OkStatus(); };
  // A write to a kind that never was needs room among these.
  size_t max_kinds = 10'000;
};

// Confined to the loop's thread. Codes are those that the clients of this service map back to their
// own errors.
class Handlers {
 public:
  // `store` must outlive the handlers.
  Handlers(Store& store, HandlerOptions options) : store_(store), options_(std::move(options)) {}

  absl::StatusOr<std::string> Get(std::string_view request);
  absl::StatusOr<std::string> Create(std::string_view request);
  absl::StatusOr<std::string> Update(std::string_view request);
  absl::StatusOr<std::string> Destroy(std::string_view request);
  absl::StatusOr<std::string> Teardown(std::string_view request);

  // What a list selects. The caller encodes it: no store is needed for that, nor this thread.
  struct Listing {
    Snapshot snapshot;
    Query query;
  };
  absl::StatusOr<Listing> List(std::string_view request);

  // The collection that a watch is for, made if there is none.
  absl::StatusOr<Collection*> Watch(std::string_view ns, std::string_view type);

  // Teardown, then what is left to do: wait until the row, if it is still there, has no finalizers.
  absl::Status BeginDestroy(const cosi::resource::TeardownAndDestroyRequest& request);
  // Destroys the row that BeginDestroy was called for, if its finalizers are gone. True: done.
  absl::StatusOr<bool> FinishDestroy(const cosi::resource::TeardownAndDestroyRequest& request);

 private:
  absl::Status CheckRoom(std::string_view ns, std::string_view type) const;
  absl::StatusOr<Resource> Draft(const cosi::resource::Resource& proto) const;

  Store& store_;
  const HandlerOptions options_;
};

}  // namespace ichor::state
