// Replies as bytes, written without building the messages: a resource's own bytes are the most of
// them.
#pragma once

#include <string>
#include <string_view>

#include "lib/resource/resource.h"
#include "lib/runtime/watcher.h"

namespace ichor::state {

// A reply whose field 1 is `resource`: GetResponse, ListResponse, CreateResponse, UpdateResponse.
std::string EncodeResourceReply(const Resource& resource);

// What a watch's events need to know of the watch.
struct EventContext {
  std::string_view server;  // for bookmarks
  const Kind& kind;         // for tombstones
  std::string_view id;      // for tombstones; empty for a watch of a kind
  base::WallTime now;       // for tombstones
};

// Appends `event` as one element of a WatchResponse's `event` field.
void AppendEvent(const WatchEvent& event, const EventContext& context, std::string& response);

// The same for the error that ends a watch.
void AppendErrorEvent(std::string_view message, std::string& response);

}  // namespace ichor::state
