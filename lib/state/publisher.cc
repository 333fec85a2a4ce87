#include "lib/state/publisher.h"

#include <format>
#include <utility>
#include <vector>

#include "cosi/resource/state.pb.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/wire.h"

namespace ichor::state {
namespace {

bool SaysTheSame(const Resource& own, const Resource& theirs) {
  return theirs.metadata.phase == Phase::kRunning &&
         own.metadata.labels == theirs.metadata.labels &&
         own.metadata.annotations == theirs.metadata.annotations && *own.spec == *theirs.spec;
}

}  // namespace

Publisher::Publisher(rpc::Client& client, Collection& collection, std::string owner,
                     std::function<bool()> is_known, std::function<void(absl::Status)> on_broken)
    : client_(client),
      collection_(collection),
      owner_(std::move(owner)),
      is_known_(std::move(is_known)),
      on_broken_(std::move(on_broken)) {
  Ask();
}

void Publisher::Ask() {
  cosi::resource::ListRequest request;
  request.set_namespace_(collection_.kind()->ns);
  request.set_type(collection_.kind()->type);
  client_.ServerStream(
      "/cosi.resource.State/List", request.SerializeAsString(),
      [this](const std::string& bytes) { OnRow(bytes); },
      [this](const absl::Status& status) {
        if (!status.ok()) {
          Break(status);
          return;
        }
        listed_ = true;
        Sync();
      });
}

void Publisher::OnRow(const std::string& bytes) {
  cosi::resource::ListResponse response;
  absl::StatusOr<Resource> row = absl::DataLossError("no valid response");
  if (response.ParseFromString(bytes)) {
    row = FromProto(response.resource(), SpecTyping::kKnownTypes);
  }
  if (!row.ok()) {
    Break(base::Annotate(row.status(), "list of " + ToString(*collection_.kind())));
  } else if (row->metadata.owner == owner_) {
    std::string id = row->metadata.id;
    theirs_.insert_or_assign(std::move(id), *std::move(row));
  }
}

void Publisher::Sync() {
  if (!listed_ || on_broken_ == nullptr || !is_known_() ||
      collection_.generation() == generation_) {
    return;
  }
  generation_ = collection_.generation();
  std::vector<std::string> ids;
  ids.reserve(theirs_.size());
  for (const auto& [id, theirs] : theirs_) {
    ids.push_back(id);
  }
  for (const std::string& id : ids) {
    SyncRow(id);
  }
  const Snapshot rows = collection_.Running();
  for (const ResourcePtr& own : *rows) {
    SyncRow(own->metadata.id);
  }
}

void Publisher::SyncRow(const std::string& id) {
  ResourcePtr own = collection_.Find(id);
  if (own != nullptr && own->metadata.phase == Phase::kTearingDown) {
    own = nullptr;
  }
  const auto theirs = theirs_.find(id);
  const bool there = theirs != theirs_.end();
  const bool same = own == nullptr ? !there : there && SaysTheSame(*own, theirs->second);
  // A row with a call under way is compared again when that is over.
  if (!same && in_flight_.insert(id).second) {
    Write(id, own);
  }
}

// Makes the peer's row what `own` is; null: destroys it.
void Publisher::Write(const std::string& id, const ResourcePtr& own) {
  const auto theirs = theirs_.find(id);
  // A row that is being torn down over there has to go before it can come back.
  if (own == nullptr ||
      (theirs != theirs_.end() && theirs->second.metadata.phase == Phase::kTearingDown)) {
    cosi::resource::TeardownAndDestroyRequest request;
    request.set_namespace_(collection_.kind()->ns);
    request.set_type(collection_.kind()->type);
    request.set_id(id);
    request.mutable_options()->set_owner(owner_);
    Call(id, "TeardownAndDestroy", request.SerializeAsString());
    return;
  }
  Resource draft = *own;
  draft.metadata.owner = owner_;
  draft.metadata.version = theirs == theirs_.end() ? 0 : theirs->second.metadata.version;
  draft.metadata.finalizers =
      theirs == theirs_.end() ? std::vector<std::string>() : theirs->second.metadata.finalizers;
  if (theirs == theirs_.end()) {
    cosi::resource::CreateRequest request;
    ToProto(draft, SpecForm::kProtoAndYaml, *request.mutable_resource());
    request.mutable_options()->set_owner(owner_);
    Call(id, "Create", request.SerializeAsString());
  } else {
    cosi::resource::UpdateRequest request;
    ToProto(draft, SpecForm::kProtoAndYaml, *request.mutable_new_resource());
    request.mutable_options()->set_owner(owner_);
    Call(id, "Update", request.SerializeAsString());
  }
}

void Publisher::Call(const std::string& id, const std::string& method, const std::string& request) {
  client_.Unary("/cosi.resource.State/" + method, request,
                [this, id, destroyed = method == "TeardownAndDestroy"](
                    const absl::StatusOr<std::string>& reply) { OnReply(id, destroyed, reply); });
}

void Publisher::OnReply(const std::string& id, bool destroyed,
                        const absl::StatusOr<std::string>& reply) {
  in_flight_.erase(id);
  if (!reply.ok()) {
    OnRefused(base::Annotate(reply.status(),
                             std::format("publish {} \"{}\"", ToString(*collection_.kind()), id)));
    return;
  }
  theirs_.erase(id);
  if (!destroyed) {
    OnRow(*reply);  // the replies of Create and Update have the resource in the same field
  }
  SyncRow(id);  // it may have changed while the call was under way
}

// A row that the peer does not take from us stops no other row: it is tried again when something
// changes.
void Publisher::OnRefused(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kUnknown:
      base::Log(base::Severity::kWarning, "{}", base::MessageOf(status));
      return;
    default:  // the peer is gone, or somebody wrote the row meanwhile: starting over finds out
      Break(status);
  }
}

void Publisher::Break(const absl::Status& status) {
  if (const auto on_broken = std::exchange(on_broken_, nullptr); on_broken != nullptr) {
    on_broken(status);
  }
}

}  // namespace ichor::state
