#include "machined/events/event_bus.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/base/random.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/events/event_reader.h"

namespace ichor::events {
namespace {

constexpr size_t kLengthBytes = 4;

void AppendLength(size_t length, std::string& bytes) {
  for (size_t i = 0; i < kLengthBytes; ++i) {
    bytes.push_back(static_cast<char>(length >> (8 * i)));
  }
}

// Takes an event off `bytes`; false if it is cut short.
bool TakeEvent(std::string_view& bytes, std::string& event) {
  if (bytes.size() < kLengthBytes) {
    return false;
  }
  size_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length |= static_cast<size_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
  }
  bytes.remove_prefix(kLengthBytes);
  if (bytes.size() < length) {
    return false;
  }
  event = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return true;
}

absl::StatusOr<std::deque<Entry>> ParseHistory(std::string_view bytes) {
  std::deque<Entry> entries;
  while (!bytes.empty()) {
    Entry entry;
    machine::Event event;
    if (!TakeEvent(bytes, entry.encoded) || !event.ParseFromString(entry.encoded)) {
      return absl::InvalidArgumentError("event history: torn or no history");
    }
    const std::optional<Xid> id = ParseXid(event.id());
    if (!id.has_value() || (!entries.empty() && *id <= entries.back().id)) {
      return absl::InvalidArgumentError("event history: strange ids");
    }
    entry.id = *id;
    entry.actor_id = event.actor_id();
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

EventBus::EventBus(const base::Clock& clock, size_t capacity)
    : clock_(clock), capacity_(capacity) {}

void EventBus::Publish(const google::protobuf::Message& payload, std::string_view actor_id) {
  Entry entry{.id = NewId(), .actor_id = std::string(actor_id), .encoded = {}};
  entry.encoded = EncodeEvent(entry.id, actor_id, &payload);
  Add(std::move(entry));
  for (EventReader* reader : readers_) {
    reader->OnEvent();
  }
}

Xid EventBus::NewId() {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(clock_.Now()).time_since_epoch();
  const auto now = static_cast<std::uint32_t>(std::max<std::int64_t>(seconds.count(), 0));
  if (SecondsOf(last_id_) >= now) {
    last_id_ = Next(last_id_);
    return last_id_;
  }
  std::array<std::uint8_t, 8> rest{};
  std::ranges::copy(base::RandomBytes(rest.size()), rest.begin());
  rest[0] &= 0x7f;  // so that many may follow within the second
  last_id_ = MakeXid(now, rest);
  return last_id_;
}

std::string EventBus::NewActorId() {
  return UuidText(base::RandomBytes(16));
}

std::string EventBus::Save() const {
  std::string bytes;
  for (const Entry& entry : entries_) {
    AppendLength(entry.encoded.size(), bytes);
    bytes += entry.encoded;
  }
  return bytes;
}

absl::Status EventBus::Restore(std::string_view bytes) {
  ASSIGN_OR_RETURN(std::deque<Entry> entries, ParseHistory(bytes));
  for (Entry& entry : entries) {
    last_id_ = entry.id;
    Add(std::move(entry));
  }
  return absl::OkStatus();
}

void EventBus::Add(Entry entry) {
  entries_.push_back(std::move(entry));
  if (entries_.size() > capacity_) {
    entries_.pop_front();
    ++begin_;
  }
}

std::string EncodeEvent(const Xid& id, std::string_view actor_id,
                        const google::protobuf::Message* payload) {
  machine::Event event;
  event.set_id(ToText(id));
  event.set_actor_id(std::string(actor_id));
  google::protobuf::Any& data = *event.mutable_data();
  if (payload != nullptr) {
    data.set_type_url("talos/runtime/" + payload->GetDescriptor()->full_name());
    payload->SerializeToString(data.mutable_value());
  }
  return event.SerializeAsString();
}

}  // namespace ichor::events
