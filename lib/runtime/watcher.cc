#include "lib/runtime/watcher.h"

#include <algorithm>
#include <format>
#include <utility>

#include "lib/base/status.h"

namespace ichor {
namespace {

WatchEvent::Type TypeOf(Event::Type type) {
  switch (type) {
    case Event::Type::kCreated:
      return WatchEvent::Type::kCreated;
    case Event::Type::kUpdated:
      return WatchEvent::Type::kUpdated;
    case Event::Type::kDestroyed:
      return WatchEvent::Type::kDestroyed;
  }
  return WatchEvent::Type::kNoop;
}

}  // namespace

Watcher::Watcher(Collection& collection, WatchOptions options, std::function<void()> on_ready)
    : collection_(collection), options_(std::move(options)), on_ready_(std::move(on_ready)) {}

absl::StatusOr<std::unique_ptr<Watcher>> Watcher::Create(Collection& collection,
                                                         WatchOptions options,
                                                         std::function<void()> on_ready) {
  std::unique_ptr<Watcher> watcher(
      new Watcher(collection, std::move(options), std::move(on_ready)));
  RETURN_IF_ERROR(watcher->Start());
  collection.Attach(*watcher);
  return watcher;
}

Watcher::~Watcher() {
  collection_.Detach(*this);
}

absl::Status Watcher::Start() {
  const EventLog& log = collection_.log();
  position_ = log.next();
  if (options_.resume.has_value()) {
    // A watch of one resource begins with an event that has no bookmark, so -1 is never its own.
    const std::int64_t lowest = options_.id.has_value() ? 0 : -1;
    if (*options_.resume < std::max(log.oldest_start() - 1, lowest) ||
        *options_.resume >= log.next()) {
      return absl::FailedPreconditionError("invalid watch bookmark");
    }
    position_ = *options_.resume + 1;
    return absl::OkStatus();
  }
  if (options_.tail_events > 0) {
    position_ = TailStart();
    return absl::OkStatus();
  }
  if (options_.id.has_value()) {
    ResourcePtr current = collection_.Find(*options_.id);
    initial_.push_back(
        {.type = current != nullptr ? WatchEvent::Type::kCreated : WatchEvent::Type::kDestroyed,
         .resource = std::move(current),
         .old = nullptr,
         .position = std::nullopt});
    return absl::OkStatus();
  }
  if (options_.bootstrap_bookmark) {
    initial_.push_back({.type = WatchEvent::Type::kNoop,
                        .resource = nullptr,
                        .old = nullptr,
                        .position = position_ - 1});
  }
  if (options_.bootstrap_contents) {
    initial_.push_back({.type = WatchEvent::Type::kBootstrapped,
                        .resource = nullptr,
                        .old = nullptr,
                        .position = position_ - 1});
    contents_ = collection_.List();
  }
  return absl::OkStatus();
}

std::int64_t Watcher::TailStart() const {
  const EventLog& log = collection_.log();
  std::int64_t position = log.next();
  for (std::int64_t wanted = options_.tail_events; wanted > 0 && position > log.oldest_start();) {
    --position;
    if (!options_.id.has_value() || log.At(position).resource->metadata.id == *options_.id) {
      --wanted;
    }
  }
  return position;
}

absl::StatusOr<std::vector<WatchEvent>> Watcher::Next(size_t limit) {
  std::vector<WatchEvent> events;
  ReadInitial(events, limit);
  if (events.empty() && contents_ == nullptr && initial_.empty()) {
    RETURN_IF_ERROR(ReadLog(events, limit));
  }
  idle_ = events.empty() && limit > 0;
  return events;
}

void Watcher::OnEvent(const Event& event) {
  if (!idle_) {
    return;
  }
  if (!Filter(event).has_value()) {
    ++position_;  // seen: what is not wanted must not let an idle reader fall behind
    return;
  }
  idle_ = false;
  on_ready_();
}

void Watcher::ReadInitial(std::vector<WatchEvent>& events, size_t limit) {
  while (contents_ != nullptr && events.size() < limit) {
    if (delivered_ == contents_->size()) {
      contents_ = nullptr;
      break;
    }
    const ResourcePtr& resource = (*contents_)[delivered_++];
    if (options_.query.Matches(resource->metadata)) {
      events.push_back({.type = WatchEvent::Type::kCreated,
                        .resource = resource,
                        .old = nullptr,
                        .position = std::nullopt});
    }
  }
  while (contents_ == nullptr && !initial_.empty() && events.size() < limit) {
    events.push_back(std::move(initial_.back()));
    initial_.pop_back();
  }
}

absl::Status Watcher::ReadLog(std::vector<WatchEvent>& events, size_t limit) {
  const EventLog& log = collection_.log();
  if (position_ < log.first()) {
    return absl::ResourceExhaustedError(std::format(
        "buffer overrun: namespace \"{}\" type \"{}\", write pos {}, pos {}, capacity {}",
        collection_.kind()->ns, collection_.kind()->type, log.next(), position_,
        EventLog::kMaxEvents));
  }
  while (position_ < log.next() && events.size() < limit) {
    if (std::optional<WatchEvent> event = Filter(log.At(position_))) {
      event->position = position_;
      events.push_back(*std::move(event));
    }
    ++position_;
  }
  return absl::OkStatus();
}

// An update that moves a row into what the query selects is a creation for this watch, one that
// moves it out a destruction.
std::optional<WatchEvent> Watcher::Filter(const Event& event) const {
  if (options_.id.has_value() && event.resource->metadata.id != *options_.id) {
    return std::nullopt;
  }
  WatchEvent result{.type = TypeOf(event.type),
                    .resource = event.resource,
                    .old = nullptr,
                    .position = std::nullopt};
  const bool matches = options_.query.Matches(event.resource->metadata);
  if (event.type != Event::Type::kUpdated) {
    return matches ? std::optional(std::move(result)) : std::nullopt;
  }
  const bool matched = options_.query.Matches(event.old->metadata);
  if (matches && matched) {
    result.old = event.old;
  } else if (matches) {
    result.type = WatchEvent::Type::kCreated;
  } else if (matched) {
    result.type = WatchEvent::Type::kDestroyed;
  } else {
    return std::nullopt;
  }
  return result;
}

}  // namespace ichor
