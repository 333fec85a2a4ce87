// Any bytes as a request to the state service: the first byte chooses the call, the rest is the
// message.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "lib/base/fake_clock.h"
#include "lib/runtime/watcher.h"
#include "lib/state/encode.h"
#include "lib/state/handlers.h"

namespace ichor::state {
namespace {

namespace pb = cosi::resource;

constexpr std::string_view kServer = "server-1";

void AddRow(Store& store, std::string_view ns, std::string_view type, std::string_view id) {
  Resource row;
  row.metadata.kind =
      std::make_shared<const Kind>(Kind{.ns = std::string(ns), .type = std::string(type)});
  row.metadata.id = id;
  row.metadata.version = 1;
  row.metadata.labels = {{"a", "1"}, {"b", "10Ki"}};
  row.spec = SpecData::Opaque("", "");
  store.Restore(std::move(row));
}

void CheckReply(const absl::StatusOr<std::string>& reply) {
  pb::GetResponse message;
  CHECK(!reply.ok() || message.ParseFromString(*reply));
}

void List(Handlers& handlers, std::string_view request) {
  const absl::StatusOr<Handlers::Listing> listing = handlers.List(request);
  if (!listing.ok()) return;
  for (const ResourcePtr& resource : *listing->snapshot) {
    if (listing->query.Matches(resource->metadata)) CheckReply(EncodeResourceReply(*resource));
  }
}

// Reads what a new watch sees, then what it sees of some writes.
void Watch(Store& store, Handlers& handlers, std::string_view request) {
  pb::WatchRequest watch;
  if (!Decode(request, kMaxQueryBytes, watch).ok()) return;
  absl::StatusOr<WatchOptions> options = WatchOptionsOf(watch, kServer);
  const absl::StatusOr<Collection*> collection = handlers.Watch(watch.namespace_(), watch.type());
  if (!options.ok() || !collection.ok()) return;
  const auto watcher = Watcher::Create(**collection, *std::move(options), [] {});
  if (!watcher.ok()) return;
  const EventContext context{
      .server = kServer, .kind = *(*collection)->kind(), .id = watch.id(), .now = {}};
  std::string response;
  for (int round = 0; round < 3; ++round) {
    const auto events = (*watcher)->Next(100);
    CHECK_OK(events.status());
    CHECK(events->size() <= 100);
    for (const WatchEvent& event : *events) {
      AppendEvent(event, context, response);
    }
    AddRow(store, watch.namespace_(), watch.type(), "a");
  }
  pb::WatchResponse message;
  CHECK(message.ParseFromString(response));
}

void TeardownAndDestroy(Handlers& handlers, std::string_view request) {
  pb::TeardownAndDestroyRequest destroy;
  if (!Decode(request, kMaxQueryBytes, destroy).ok()) return;
  if (handlers.BeginDestroy(destroy).ok()) {
    (void)handlers.FinishDestroy(destroy);
  }
}

void CallOne(std::uint8_t choice, std::string_view request) {
  const base::FakeClock clock;
  Store store(clock);
  AddRow(store, "n", "T", "a");
  AddRow(store, "n", "T", "b");
  AddRow(store, "", "", "");
  HandlerOptions options;
  options.typing = (choice & 0x80) != 0 ? SpecTyping::kOpaque : SpecTyping::kKnownTypes;
  Handlers handlers(store, options);
  switch (choice & 7) {
    case 0:
      return CheckReply(handlers.Get(request));
    case 1:
      return CheckReply(handlers.Create(request));
    case 2:
      return CheckReply(handlers.Update(request));
    case 3:
      return (void)handlers.Destroy(request);
    case 4:
      return (void)handlers.Teardown(request);
    case 5:
      return List(handlers, request);
    case 6:
      return Watch(store, handlers, request);
    default:
      return TeardownAndDestroy(handlers, request);
  }
}

}  // namespace
}  // namespace ichor::state

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ichor::state::CallOne(data[0],
                        std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}
