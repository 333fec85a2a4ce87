#include "lib/state/follower.h"

#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/wire.h"

namespace ichor::state {
namespace {

bool SameVersion(const Resource& a, const Resource& b) {
  const Metadata& x = a.metadata;
  const Metadata& y = b.metadata;
  return x.version == y.version && x.owner == y.owner && x.phase == y.phase &&
         x.created == y.created && x.updated == y.updated && x.finalizers == y.finalizers &&
         x.labels == y.labels && x.annotations == y.annotations && *a.spec == *b.spec;
}

}  // namespace

Follower::Follower(rpc::Client& client, Store& store, Kind kind,
                   std::function<void(absl::Status)> on_broken, std::function<void()> on_complete)
    : store_(store),
      kind_(std::move(kind)),
      on_broken_(std::move(on_broken)),
      on_complete_(std::move(on_complete)) {
  cosi::resource::WatchRequest request;
  request.set_namespace_(kind_.ns);
  request.set_type(kind_.type);
  request.set_api_version(1);
  request.mutable_options()->set_bootstrap_contents(true);
  request.mutable_options()->set_aggregated(true);
  client.ServerStream(
      "/cosi.resource.State/Watch", request.SerializeAsString(),
      [this](const std::string& bytes) { OnResponse(bytes); },
      [this](const absl::Status& status) {
        Break(status.ok() ? absl::UnavailableError("the watch ended") : status);
      });
}

void Follower::OnResponse(const std::string& bytes) {
  cosi::resource::WatchResponse response;
  if (!response.ParseFromString(bytes)) {
    Break(absl::DataLossError(std::format("watch of {}: no valid response", ToString(kind_))));
    return;
  }
  for (const cosi::resource::Event& event : response.event()) {
    if (absl::Status status = OnEvent(event); !status.ok()) {
      Break(base::Annotate(std::move(status), "watch of " + ToString(kind_)));
      return;
    }
  }
}

absl::Status Follower::OnEvent(const cosi::resource::Event& event) {
  switch (event.event_type()) {
    case cosi::resource::CREATED:
    case cosi::resource::UPDATED:
      return Put(event.resource());
    case cosi::resource::DESTROYED:
      store_.Evict(kind_.ns, kind_.type, event.resource().metadata().id());
      return absl::OkStatus();
    case cosi::resource::BOOTSTRAPPED:
      EvictUnseen();
      complete_ = true;
      on_complete_();
      return absl::OkStatus();
    case cosi::resource::ERRORED:
      return absl::UnavailableError(event.error());
    default:
      return absl::OkStatus();
  }
}

absl::Status Follower::Put(const cosi::resource::Resource& proto) {
  ASSIGN_OR_RETURN(Resource resource, FromProto(proto, SpecTyping::kKnownTypes));
  if (!complete_) {
    seen_.insert(resource.metadata.id);
  }
  const ResourcePtr current = store_.Get(kind_.ns, kind_.type, resource.metadata.id);
  if (current == nullptr || !SameVersion(*current, resource)) {
    store_.Restore(std::move(resource));
  }
  return absl::OkStatus();
}

// Rows of an earlier copy that are not there any more.
void Follower::EvictUnseen() {
  const Snapshot rows = store_.List(kind_.ns, kind_.type);
  for (const ResourcePtr& row : *rows) {
    if (!seen_.contains(row->metadata.id)) {
      store_.Evict(kind_.ns, kind_.type, row->metadata.id);
    }
  }
  seen_ = {};
}

void Follower::Break(const absl::Status& status) {
  if (const auto on_broken = std::exchange(on_broken_, nullptr); on_broken != nullptr) {
    on_broken(status);
  }
}

}  // namespace ichor::state
