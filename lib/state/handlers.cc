#include "lib/state/handlers.h"

#include <format>
#include <optional>
#include <utility>

#include "lib/base/status.h"
#include "lib/state/encode.h"

namespace ichor::state {
namespace {

// On Update, clients take InvalidArgument for a phase conflict; what is malformed must not look
// like one.
absl::Status AsUnknown(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument ? absl::UnknownError(status.message())
                                                             : status;
}

}  // namespace

absl::StatusOr<std::string> Handlers::Get(std::string_view request) {
  cosi::resource::GetRequest get;
  RETURN_IF_ERROR(Decode(request, kMaxQueryBytes, get));
  RETURN_IF_ERROR(options_.authorize(Access::kRead, get.namespace_(), get.type()));
  const ResourcePtr resource = store_.Get(get.namespace_(), get.type(), get.id());
  if (resource == nullptr) {
    return absl::NotFoundError(std::format("resource {}({}/{}@undefined) doesn't exist", get.type(),
                                           get.namespace_(), get.id()));
  }
  return EncodeResourceReply(*resource);
}

absl::StatusOr<std::string> Handlers::Create(std::string_view request) {
  cosi::resource::CreateRequest create;
  RETURN_IF_ERROR(
      DecodeWrite(request, cosi::resource::CreateRequest::kResourceFieldNumber, create));
  ASSIGN_OR_RETURN(Resource draft, Draft(create.resource()));
  const std::string& owner = create.options().owner();
  if (!draft.metadata.owner.empty() && draft.metadata.owner != owner) {
    return absl::InvalidArgumentError(
        std::format("metadata.owner: \"{}\": expected the owner of the options, \"{}\"",
                    draft.metadata.owner, owner));
  }
  RETURN_IF_ERROR(CheckRoom(draft.metadata.kind->ns, draft.metadata.kind->type));
  ASSIGN_OR_RETURN(const ResourcePtr created, store_.Create(std::move(draft), owner));
  return EncodeResourceReply(*created);
}

absl::StatusOr<std::string> Handlers::Update(std::string_view request) {
  cosi::resource::UpdateRequest update;
  RETURN_IF_ERROR(AsUnknown(
      DecodeWrite(request, cosi::resource::UpdateRequest::kNewResourceFieldNumber, update)));
  absl::StatusOr<Resource> draft = Draft(update.new_resource());
  RETURN_IF_ERROR(AsUnknown(draft.status()));
  std::optional<Phase> expected_phase;
  if (update.options().has_expected_phase()) {
    absl::StatusOr<Phase> phase = PhaseFromString(update.options().expected_phase());
    RETURN_IF_ERROR(AsUnknown(phase.status()));
    expected_phase = *phase;
  }
  ASSIGN_OR_RETURN(const ResourcePtr updated,
                   store_.Update(*std::move(draft), update.options().owner(), expected_phase));
  return EncodeResourceReply(*updated);
}

absl::StatusOr<std::string> Handlers::Destroy(std::string_view request) {
  cosi::resource::DestroyRequest destroy;
  RETURN_IF_ERROR(Decode(request, kMaxQueryBytes, destroy));
  RETURN_IF_ERROR(options_.authorize(Access::kWrite, destroy.namespace_(), destroy.type()));
  RETURN_IF_ERROR(store_.Destroy(destroy.namespace_(), destroy.type(), destroy.id(),
                                 destroy.options().owner()));
  return "";
}

absl::StatusOr<std::string> Handlers::Teardown(std::string_view request) {
  cosi::resource::TeardownRequest teardown;
  RETURN_IF_ERROR(Decode(request, kMaxQueryBytes, teardown));
  RETURN_IF_ERROR(options_.authorize(Access::kWrite, teardown.namespace_(), teardown.type()));
  ASSIGN_OR_RETURN(const ResourcePtr current,
                   store_.Teardown(teardown.namespace_(), teardown.type(), teardown.id(),
                                   teardown.options().owner()));
  cosi::resource::TeardownResponse reply;
  reply.set_destroy_ready(current->metadata.finalizers.empty());
  return reply.SerializeAsString();
}

absl::StatusOr<Handlers::Listing> Handlers::List(std::string_view request) {
  cosi::resource::ListRequest list;
  RETURN_IF_ERROR(Decode(request, kMaxQueryBytes, list));
  RETURN_IF_ERROR(options_.authorize(Access::kRead, list.namespace_(), list.type()));
  ASSIGN_OR_RETURN(Query query, QueryOf(list.options().label_query(), list.options().id_query()));
  return Listing{.snapshot = store_.List(list.namespace_(), list.type()),
                 .query = std::move(query)};
}

absl::StatusOr<Collection*> Handlers::Watch(std::string_view ns, std::string_view type) {
  RETURN_IF_ERROR(options_.authorize(Access::kRead, ns, type));
  RETURN_IF_ERROR(CheckRoom(ns, type));
  return &store_.CollectionOf(ns, type);
}

absl::Status Handlers::BeginDestroy(const cosi::resource::TeardownAndDestroyRequest& request) {
  RETURN_IF_ERROR(options_.authorize(Access::kWrite, request.namespace_(), request.type()));
  return store_
      .Teardown(request.namespace_(), request.type(), request.id(), request.options().owner())
      .status();
}

absl::StatusOr<bool> Handlers::FinishDestroy(
    const cosi::resource::TeardownAndDestroyRequest& request) {
  const ResourcePtr current = store_.Get(request.namespace_(), request.type(), request.id());
  if (current == nullptr) {
    return true;  // somebody else destroyed it
  }
  if (!current->metadata.finalizers.empty()) {
    return false;
  }
  RETURN_IF_ERROR(store_.Destroy(request.namespace_(), request.type(), request.id(),
                                 request.options().owner()));
  return true;
}

absl::Status Handlers::CheckRoom(std::string_view ns, std::string_view type) const {
  if (store_.kinds() >= options_.max_kinds && store_.FindCollection(ns, type) == nullptr) {
    return absl::ResourceExhaustedError(
        std::format("{} in {}: there are {} kinds of resources already", type, ns, store_.kinds()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Resource> Handlers::Draft(const cosi::resource::Resource& proto) const {
  ASSIGN_OR_RETURN(Resource draft, FromProto(proto, options_.typing));
  RETURN_IF_ERROR(
      options_.authorize(Access::kWrite, draft.metadata.kind->ns, draft.metadata.kind->type));
  return draft;
}

}  // namespace ichor::state
