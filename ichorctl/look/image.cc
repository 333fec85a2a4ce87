// `ichorctl image`
#include <format>
#include <ostream>

#include "absl/strings/str_join.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

template <class Request>
Request RequestOf(const std::string& ns) {
  Request request;
  common::ContainerdInstance& instance = *request.mutable_containerd();
  instance.set_driver(ns == "inmem" ? common::CONTAINERD : common::CRI);
  instance.set_namespace_(ns == "cri" ? common::NS_CRI : common::NS_SYSTEM);
  return request;
}

std::string LabelsOf(const machine::ImageServiceListResponse& image) {
  std::vector<std::string> labels;
  for (const auto& [key, value] : image.labels()) {
    labels.push_back(std::format("{}={}", key, value));
  }
  std::ranges::sort(labels);
  return Visible(absl::StrJoin(labels, ","));
}

absl::Status ListImages(const NodeFlags& flags, const std::string& ns, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  Table table{.columns = {"NODE", "IMAGE", "DIGEST", "SIZE", "LABELS", "CREATED"}};
  const absl::Status status = AskAll<machine::ImageServiceListResponse>(
      *nodes, "/machine.ImageService/List", RequestOf<machine::ImageServiceListRequest>(ns),
      [&](const std::string& node, const machine::ImageServiceListResponse& image) {
        table.rows.push_back({node, Visible(image.name()), image.digest(),
                              Humanized(static_cast<std::uint64_t>(image.size())), LabelsOf(image),
                              Rfc3339(ToWallTime(image.created_at()))});
        return absl::OkStatus();
      });
  if (status.ok() || !table.rows.empty()) {
    session.out << ToText(table);
  }
  return status;
}

// Says which image each node got: its name and digest.
absl::Status PullImage(const NodeFlags& flags, const std::string& ns, const std::string& image,
                       Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  auto request = RequestOf<machine::ImageServicePullRequest>(ns);
  request.set_image_ref(image);
  return AskAll<machine::ImageServicePullResponse>(
      *nodes, "/machine.ImageService/Pull", request,
      [&](const std::string& node, const machine::ImageServicePullResponse& reply) {
        if (!reply.name().empty()) {  // else it says how far it is
          session.out << std::format("{}: {}\n", node, Visible(reply.name()));
        }
        return absl::OkStatus();
      });
}

absl::Status RemoveImage(const NodeFlags& flags, const std::string& ns, const std::string& image,
                         Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  auto request = RequestOf<machine::ImageServiceRemoveRequest>(ns);
  request.set_image_ref(image);
  return AskAll<google::protobuf::Empty>(
      *nodes, "/machine.ImageService/Remove", request,
      [](const std::string&, const google::protobuf::Empty&) { return absl::OkStatus(); });
}

}  // namespace

Command ImageCommand(const SharedNodeFlags& flags) {
  const auto ns = std::make_shared<std::string>("cri");
  return {.name = "image",
          .aliases = {"images"},
          .summary = "Container images of nodes",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "namespace",
                                   .value = "NAMESPACE",
                                   .help = "whose images: of Kubernetes, of the system, in memory",
                                   .target = ns.get(),
                                   .words = {"cri", "system", "inmem"}}}),
          .commands = {
              {.name = "list",
               .aliases = {"l", "ls"},
               .summary = "Lists images",
               .run =
                   [flags, ns](Session& session, const std::vector<std::string>&) {
                     return ListImages(*flags, *ns, session);
                   }},
              {.name = "pull",
               .aliases = {"p"},
               .summary = "Has nodes pull an image, and says which one they got",
               .arguments = {{.name = "IMAGE", .help = "ghcr.io/siderolabs/x:v1"}},
               .run =
                   [flags, ns](Session& session, const std::vector<std::string>& arguments) {
                     return PullImage(*flags, *ns, arguments.front(), session);
                   }},
              {.name = "remove",
               .aliases = {"rm"},
               .summary = "Removes an image",
               .arguments = {{.name = "IMAGE", .help = "a name of `image list`"}},
               .run = [flags, ns](Session& session, const std::vector<std::string>& arguments) {
                 return RemoveImage(*flags, *ns, arguments.front(), session);
               }}}};
}

}  // namespace ichor::ctl
