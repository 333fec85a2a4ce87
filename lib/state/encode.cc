#include "lib/state/encode.h"

#include <chrono>
#include <memory>

#include "cosi/resource/state.pb.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/io/coded_stream.h"
#include "lib/resource/wire.h"
#include "lib/state/request.h"

namespace ichor::state {
namespace {

using google::protobuf::Arena;

cosi::resource::EventType TypeOf(WatchEvent::Type type) {
  switch (type) {
    case WatchEvent::Type::kCreated:
      return cosi::resource::CREATED;
    case WatchEvent::Type::kUpdated:
      return cosi::resource::UPDATED;
    case WatchEvent::Type::kDestroyed:
      return cosi::resource::DESTROYED;
    case WatchEvent::Type::kBootstrapped:
      return cosi::resource::BOOTSTRAPPED;
    case WatchEvent::Type::kNoop:
      return cosi::resource::NOOP;
  }
  return cosi::resource::NOOP;
}

// A resource that never was or that stands for none: metadata only.
Resource Tombstone(const EventContext& context) {
  Resource tombstone;
  tombstone.metadata.kind = std::make_shared<const Kind>(context.kind);
  tombstone.metadata.id = context.id;
  tombstone.metadata.created = context.now;
  tombstone.metadata.updated = context.now;
  tombstone.spec = SpecData::Opaque("", "");
  return tombstone;
}

}  // namespace

std::string EncodeResourceReply(const Resource& resource) {
  // All replies with a resource have it in field 1, so one message serves for all.
  alignas(8) char block[4096];
  Arena arena(block, sizeof(block));
  auto* reply = Arena::CreateMessage<cosi::resource::GetResponse>(&arena);
  ToProto(resource, SpecForm::kProtoAndYaml, *reply->mutable_resource());
  return reply->SerializeAsString();
}

void AppendEvent(const WatchEvent& event, const EventContext& context, std::string& response) {
  alignas(8) char block[8192];
  Arena arena(block, sizeof(block));
  auto* message = Arena::CreateMessage<cosi::resource::WatchResponse>(&arena);
  cosi::resource::Event& proto = *message->add_event();
  proto.set_event_type(TypeOf(event.type));
  if (event.resource != nullptr) {
    ToProto(*event.resource, SpecForm::kProtoAndYaml, *proto.mutable_resource());
  } else {
    ToProto(Tombstone(context), SpecForm::kProtoAndYaml, *proto.mutable_resource());
  }
  if (event.old != nullptr) {
    ToProto(*event.old, SpecForm::kProtoAndYaml, *proto.mutable_old());
  }
  if (event.position.has_value()) {
    proto.set_bookmark(EncodeBookmark(context.server, *event.position));
  }
  message->AppendToString(&response);
}

void AppendErrorEvent(std::string_view message, std::string& response) {
  cosi::resource::WatchResponse proto;
  cosi::resource::Event& event = *proto.add_event();
  event.set_event_type(cosi::resource::ERRORED);
  event.set_error(std::string(message));
  proto.AppendToString(&response);
}

}  // namespace ichor::state
