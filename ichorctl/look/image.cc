// `ichorctl image list`
#include <format>
#include <ostream>

#include "absl/strings/str_join.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

machine::ImageServiceListRequest RequestOf(const std::string& ns) {
  machine::ImageServiceListRequest request;
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
      *nodes, "/machine.ImageService/List", RequestOf(ns),
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

}  // namespace

Command ImageCommand(const SharedNodeFlags& flags) {
  const auto ns = std::make_shared<std::string>("cri");
  return {.name = "image",
          .aliases = {"images"},
          .summary = "Looks at container images",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "namespace",
                                   .value = "NAMESPACE",
                                   .help = "whose images: of Kubernetes, of the system, in memory",
                                   .target = ns.get(),
                                   .words = {"cri", "system", "inmem"}}}),
          .commands = {{.name = "list",
                        .aliases = {"l", "ls"},
                        .summary = "Lists images",
                        .run = [flags, ns](Session& session, const std::vector<std::string>&) {
                          return ListImages(*flags, *ns, session);
                        }}}};
}

}  // namespace ichor::ctl
