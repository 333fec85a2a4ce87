#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/common.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/container_directory.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

template <class Request>
ContainerScope ScopeOf(const Request& request) {
  return {.name_space = request.namespace_().empty() ? "system" : request.namespace_(),
          .by_pods = request.driver() == common::CRI};
}

// Where images are.
struct ImagePlace {
  ContainerDirectory* containers;
  std::string name_space;
};

// The place of an instance's images.
absl::StatusOr<ImagePlace> PlaceOf(const ApiContext& context,
                                   const common::ContainerdInstance& instance) {
  const bool by_pods = instance.driver() == common::CRI;
  switch (instance.namespace_()) {
    case common::NS_SYSTEM:
      return ImagePlace{by_pods ? &context.containers : &context.memory_containers, "system"};
    case common::NS_CRI:
      if (by_pods) {
        return ImagePlace{&context.containers, "k8s.io"};
      }
      [[fallthrough]];
    default:
      return absl::InvalidArgumentError("expected the namespace system, or cri of the driver cri");
  }
}

// What was found; nothing where that is an error.
template <class T>
const std::vector<T>& ItemsOf(const absl::StatusOr<std::vector<T>>& found) {
  static const std::vector<T> kNone;
  return found.ok() ? *found : kNone;
}

// A call of one request, which is answered with a stream of what is found.
class ImagesCall : public rpc::Call {
 public:
  using Found = absl::StatusOr<std::vector<machine::ImageServiceListResponse>>;
  // The place that a request is about, and the message for an image.
  using Scope = std::function<absl::StatusOr<ImagePlace>(const std::string&)>;
  using Form = std::function<std::string(const machine::ImageServiceListResponse&)>;

  ImagesCall(rpc::Stream& stream, Scope scope, Form form)
      : stream_(stream), scope_(std::move(scope)), form_(std::move(form)) {}

  void OnMessage(std::string message) override {
    const absl::StatusOr<ImagePlace> place = scope_(message);
    if (!place.ok()) {
      stream_.Finish(place.status());
      return;
    }
    place->containers->Images(place->name_space,
                              [this, alive = std::weak_ptr<bool>(alive_)](const Found& found) {
                                if (!alive.expired()) {
                                  Send(found);
                                }
                              });
  }
  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  void Send(const Found& found) {
    for (const auto& image : ItemsOf(found)) {
      stream_.Send(form_(image));
    }
    stream_.Finish(found.status());
  }

  rpc::Stream& stream_;
  const Scope scope_;
  const Form form_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

std::string OldForm(const machine::ImageServiceListResponse& image) {
  machine::ImageListResponse reply;
  reply.set_name(image.name());
  reply.set_digest(image.digest());
  reply.set_size(image.size());
  *reply.mutable_created_at() = image.created_at();
  return reply.SerializeAsString();
}

absl::StatusOr<ImagePlace> PlaceOf(const ApiContext& context,
                                   common::ContainerdNamespace name_space) {
  common::ContainerdInstance instance;
  instance.set_driver(common::CRI);
  instance.set_namespace_(name_space);
  return PlaceOf(context, instance);
}

void AddLists(Methods& methods, ContainerDirectory& containers) {
  methods.Later<machine::ContainersRequest, machine::ContainersResponse>(
      "/machine.MachineService/Containers",
      [&containers](const machine::ContainersRequest& request, const rpc::Stream&, auto answered) {
        containers.List(
            ScopeOf(request), [answered = std::move(answered)](const auto& found) mutable {
              machine::ContainersResponse reply;
              machine::Container& list = *reply.add_messages();
              for (const machine::ContainerInfo& info : ItemsOf(found)) {
                *list.add_containers() = info;
              }
              answered(found.ok() ? absl::StatusOr<machine::ContainersResponse>(std::move(reply))
                                  : found.status());
            });
      });
  methods.Later<machine::StatsRequest, machine::StatsResponse>(
      "/machine.MachineService/Stats",
      [&containers](const machine::StatsRequest& request, const rpc::Stream&, auto answered) {
        containers.Stats(
            ScopeOf(request), [answered = std::move(answered)](const auto& found) mutable {
              machine::StatsResponse reply;
              machine::Stats& list = *reply.add_messages();
              for (const machine::Stat& stat : ItemsOf(found)) {
                *list.add_stats() = stat;
              }
              answered(found.ok() ? absl::StatusOr<machine::StatsResponse>(std::move(reply))
                                  : found.status());
            });
      });
}

void AddImageLists(Methods& methods) {
  methods.Add("/machine.MachineService/ImageList",
              [&context = methods.context()](rpc::Stream& stream) {
                return std::make_unique<ImagesCall>(
                    stream,
                    [&context](const std::string& bytes) -> absl::StatusOr<ImagePlace> {
                      machine::ImageListRequest request;
                      RETURN_IF_ERROR(ParseRequest(bytes, request));
                      return PlaceOf(context, request.namespace_());
                    },
                    OldForm);
              });
  methods.Add("/machine.ImageService/List", [&context = methods.context()](rpc::Stream& stream) {
    return std::make_unique<ImagesCall>(
        stream,
        [&context](const std::string& bytes) -> absl::StatusOr<ImagePlace> {
          machine::ImageServiceListRequest request;
          RETURN_IF_ERROR(ParseRequest(bytes, request));
          return PlaceOf(context, request.containerd());
        },
        [](const machine::ImageServiceListResponse& image) { return image.SerializeAsString(); });
  });
}

// A call that pulls an image; it answers with the name that says which one it got.
void AddPulls(Methods& methods) {
  methods.Later<machine::ImagePullRequest, machine::ImagePullResponse>(
      "/machine.MachineService/ImagePull",
      [&context = methods.context()](const machine::ImagePullRequest& request, const rpc::Stream&,
                                     auto answered) {
        const absl::StatusOr<ImagePlace> place = PlaceOf(context, request.namespace_());
        if (!place.ok()) {
          answered(place.status());
          return;
        }
        place->containers->Pull(place->name_space, request.reference(),
                                [answered = std::move(answered)](const auto& pulled) mutable {
                                  machine::ImagePullResponse reply;
                                  reply.add_messages();
                                  answered(pulled.ok()
                                               ? absl::StatusOr<machine::ImagePullResponse>(reply)
                                               : pulled.status());
                                });
      });
  methods.Later<machine::ImageServicePullRequest, machine::ImageServicePullResponse>(
      "/machine.ImageService/Pull",
      [&context = methods.context()](const machine::ImageServicePullRequest& request,
                                     const rpc::Stream&, auto answered) {
        const absl::StatusOr<ImagePlace> place = PlaceOf(context, request.containerd());
        if (!place.ok()) {
          answered(place.status());
          return;
        }
        place->containers->Pull(
            place->name_space, request.image_ref(),
            [answered = std::move(answered)](const auto& pulled) mutable {
              machine::ImageServicePullResponse reply;
              reply.set_name(pulled.value_or(""));
              answered(pulled.ok() ? absl::StatusOr<machine::ImageServicePullResponse>(reply)
                                   : pulled.status());
            });
      });
}

// A call that sends an archive of images: where it goes, then its bytes.
class ImportCall : public rpc::Call {
 public:
  ImportCall(const ApiContext& context, rpc::Stream& stream) : context_(context), stream_(stream) {}

  void OnMessage(std::string message) override {
    if (const absl::Status taken = Take(message); !taken.ok()) {
      stream_.Finish(taken);
    }
  }
  void OnEnd(const absl::Status& /*status*/) override {
    if (import_ == nullptr) {
      stream_.Finish(absl::InvalidArgumentError("containerd: expected in the first message"));
    } else {
      import_->End();
    }
  }

 private:
  absl::Status Take(const std::string& message) {
    machine::ImageServiceImportRequest request;
    RETURN_IF_ERROR(ParseRequest(message, request));
    if (request.has_containerd() != (import_ == nullptr)) {
      return absl::InvalidArgumentError(
          "expected containerd in the first message, image_chunk in all others");
    }
    if (import_ == nullptr) {
      return Begin(request.containerd());
    }
    import_->Write(std::move(*request.mutable_image_chunk()->mutable_bytes()));
    if (import_->full()) {
      stream_.HoldReading();
    }
    return absl::OkStatus();
  }

  absl::Status Begin(const common::ContainerdInstance& instance) {
    ASSIGN_OR_RETURN(const ImagePlace place, PlaceOf(context_, instance));
    import_ = place.containers->Import(
        place.name_space, [this] { stream_.ResumeReading(); },
        [this, alive = std::weak_ptr<bool>(alive_)](const absl::StatusOr<std::string>& name) {
          if (!alive.expired()) {
            End(name);
          }
        });
    return absl::OkStatus();
  }

  void End(const absl::StatusOr<std::string>& name) {
    if (name.ok()) {
      machine::ImageServiceImportResponse reply;
      reply.set_name(*name);
      stream_.Send(reply.SerializeAsString());
    }
    stream_.Finish(name.status());
  }

  const ApiContext& context_;
  rpc::Stream& stream_;
  std::unique_ptr<ImageImport> import_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

void AddChanges(Methods& methods) {
  ContainerDirectory& containers = methods.context().containers;
  methods.Add("/machine.ImageService/Import", [&context = methods.context()](rpc::Stream& stream) {
    return std::make_unique<ImportCall>(context, stream);
  });
  methods.Later<machine::ImageServiceRemoveRequest, Empty>(
      "/machine.ImageService/Remove",
      [&context = methods.context()](const machine::ImageServiceRemoveRequest& request,
                                     const rpc::Stream&, auto answered) {
        const absl::StatusOr<ImagePlace> place = PlaceOf(context, request.containerd());
        if (!place.ok()) {
          answered(place.status());
          return;
        }
        place->containers->Remove(
            place->name_space, request.image_ref(),
            [answered = std::move(answered)](const auto& removed) mutable {
              answered(removed.ok() ? absl::StatusOr<Empty>(Empty()) : removed.status());
            });
      });
  methods.Later<machine::RestartRequest, machine::RestartResponse>(
      "/machine.MachineService/Restart",
      [&containers](const machine::RestartRequest& request, const rpc::Stream&, auto answered) {
        containers.Restart(ScopeOf(request), request.id(),
                           [answered = std::move(answered)](const auto& restarted) mutable {
                             machine::RestartResponse reply;
                             reply.add_messages();
                             answered(restarted.ok()
                                          ? absl::StatusOr<machine::RestartResponse>(reply)
                                          : restarted.status());
                           });
      });
}

}  // namespace

void AddContainerMethods(Methods& methods) {
  ContainerDirectory& containers = methods.context().containers;
  AddLists(methods, containers);
  AddImageLists(methods);
  AddPulls(methods);
  AddChanges(methods);
}

}  // namespace ichor::api
