#include "machined/kubernetes/static_pod_list.h"

#include <charconv>
#include <format>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor {
namespace {

using k8s::StaticPodServerStatus;

constexpr std::string_view kSource = "kubernetes.static-pod-server";
constexpr std::string_view kUrl = "http://127.0.0.1:";

}  // namespace

std::string RenderPodList(const All<k8s::StaticPod>& pods) {
  std::vector<Tree> items;
  for (const auto& pod : pods) {
    items.emplace_back(pod.spec().pod());
  }
  return ToYaml(Object({{"apiVersion", "v1"}, {"kind", "PodList"}, {"items", items}}));
}

StaticPodList::StaticPodList(Runtime& runtime, Loop& loop) : runtime_(runtime), loop_(loop) {
  runtime_.AddSource<StaticPodServerStatus>(kSource);
}

void StaticPodList::Serve(bool wanted) {
  if (!wanted) {
    server_.reset();
    runtime_.Publish<StaticPodServerStatus>(kSource, {});
    return;
  }
  if (server_ != nullptr) {
    return;
  }
  auto server = std::make_unique<StaticPodServer>(loop_);
  if (const absl::Status listens = server->Listen(EarlierPort()); !listens.ok()) {
    base::Log(base::Severity::kError, "static pods: {}", base::MessageOf(listens));
    return;
  }
  if (list_.has_value()) {
    server->SetText(*list_);
  }
  StaticPodServerStatus::Spec status;
  status.set_url(std::format("{}{}", kUrl, server->port().value_or(0)));
  server_ = std::move(server);
  runtime_.Publish<StaticPodServerStatus>(kSource,
                                          {{"static-pod-server-status", std::move(status)}});
}

void StaticPodList::SetList(std::string list) {
  if (server_ != nullptr) {
    server_->SetText(list);
  }
  list_ = std::move(list);
}

// 0 if there is none.
std::uint16_t StaticPodList::EarlierPort() const {
  const All<StaticPodServerStatus> rows = runtime_.Read<StaticPodServerStatus>();
  std::uint16_t port = 0;
  if (!rows.empty() && rows.front().spec().url().starts_with(kUrl)) {
    const std::string& url = rows.front().spec().url();
    std::from_chars(url.data() + kUrl.size(), url.data() + url.size(), port);
  }
  return port;
}

}  // namespace ichor
