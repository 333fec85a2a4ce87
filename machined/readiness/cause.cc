#include "machined/readiness/cause.h"

#include <algorithm>
#include <array>
#include <format>

#include "lib/base/status.h"
#include "lib/pki/certificate.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::array<std::string_view, 3> kServices = {"cri", "etcd", "kubelet"};
constexpr std::string_view kCannotPull = "cannot be pulled";

// Where the URL leads: "api.example.org:6443".
std::string_view PlaceOf(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  url.remove_prefix(url.starts_with(kScheme) ? kScheme.size() : 0);
  return url.substr(0, url.find('/'));
}

std::string_view HostOf(std::string_view url) {
  const std::string_view place = PlaceOf(url);
  return place.substr(0, place.rfind(':'));
}

// The last of the steps that an error names, each behind the one before: "no such host".
std::string LastOf(std::string_view error) {
  while (error.ends_with('"') || error.ends_with(' ')) {
    error.remove_suffix(1);
  }
  const size_t last = error.rfind(": ");
  return std::string(last == std::string_view::npos ? error : error.substr(last + 2));
}

std::string ClockProblem(const CauseScene& scene) {
  const bool right = std::ranges::any_of(scene.times, [](const auto& row) {
    return row.spec().synced() || row.spec().sync_disabled();
  });
  return right ? scene.clock : "the clock is not synchronized: no time server has given the time";
}

// What keeps ending before it runs, in its own words.
std::string ServiceProblem(const CauseScene& scene) {
  constexpr unsigned kOften = 3;
  for (const std::string_view id : kServices) {
    const auto row = scene.processes.find(id);
    if (row == scene.processes.end() || row->spec().pid() != 0) {
      continue;
    }
    const auto& process = row->spec();
    if (process.failures() > 0 && process.ended().contains(kCannotPull)) {
      return process.ended();
    }
    if (process.failures() >= kOften) {
      return std::format("service {} does not stay up: {}", id, process.ended());
    }
  }
  return "";
}

std::string BootstrapProblem(const CauseScene& scene) {
  const auto etcd = scene.states.find("etcd");
  const bool waits =
      etcd != scene.states.end() && etcd->spec().message().starts_with("waits for bootstrap: ");
  return waits ? std::format("etcd {}", etcd->spec().message()) : "";
}

// What keeps a container of a pod from running; empty if nothing does.
std::string ContainerProblem(const std::string& pod, const Struct& container) {
  constexpr std::array<std::string_view, 3> kPulls = {"ErrImagePull", "ImagePullBackOff",
                                                      "InvalidImageName"};
  const std::string reason = TextAt(container, {"state", "waiting", "reason"});
  if (std::ranges::contains(kPulls, reason)) {
    return std::format("image {} {}: {}", TextAt(container, {"image"}), kCannotPull,
                       LastOf(TextAt(container, {"state", "waiting", "message"})));
  }
  return reason == "CrashLoopBackOff" ? std::format("pod {} does not stay up: see its log", pod)
                                      : "";
}

std::string ProblemIn(std::string_view list, const Row<k8s::StaticPodStatus>& row) {
  const Value* const containers = Find(row.spec().pod_status(), {list});
  if (containers == nullptr) {
    return "";
  }
  for (const Value& item : containers->list_value().values()) {
    std::string problem = ContainerProblem(row.id(), item.struct_value());
    if (!problem.empty()) {
      return problem;
    }
  }
  return "";
}

std::string PodProblem(const CauseScene& scene) {
  for (const auto& row : scene.pods) {
    for (const std::string_view list : {"initContainerStatuses", "containerStatuses"}) {
      std::string problem = ProblemIn(list, row);
      if (!problem.empty()) {
        return problem;
      }
    }
  }
  return "";
}

}  // namespace

std::string CauseOf(const CauseScene& scene) {
  if (!scene.wish.wanted) {
    return "";
  }
  for (const auto look : {ClockProblem, ServiceProblem, BootstrapProblem}) {
    if (std::string problem = look(scene); !problem.empty()) {
      return problem;
    }
  }
  if (!scene.endpoint.empty()) {
    return scene.endpoint;
  }
  return scene.pods.empty() ? scene.pull : PodProblem(scene);
}

bool PullLog::Append(std::string_view bytes, std::chrono::nanoseconds now) {
  constexpr size_t kLongestLine = 16 << 10;
  bool found = false;
  for (const char c : bytes) {
    if (c != '\n') {
      line_.append(line_.size() < kLongestLine ? 1 : 0, c);
      continue;
    }
    found = TakeLine(now) || found;
    line_.clear();
  }
  return found;
}

bool PullLog::TakeLine(std::chrono::nanoseconds now) {
  constexpr std::string_view kFailed = "PullImage from image service failed";
  constexpr size_t kMostImages = 64;
  Struct line;
  if (!line_.contains(kFailed) || !FromYaml(line_, line).ok()) {
    return false;
  }
  const std::string image = TextAt(line, {"image"});
  if (image.empty() || (failures_.size() >= kMostImages && !failures_.contains(image))) {
    return false;
  }
  failures_[image] = {.cause = LastOf(TextAt(line, {"err"})), .seen = now};
  return true;
}

std::string PullLog::ProblemOf(const All<k8s::StaticPod>& pods,
                               std::chrono::nanoseconds now) const {
  for (const auto& row : pods) {
    const Value* const containers = Find(row.spec().pod(), {"spec", "containers"});
    if (containers == nullptr) {
      continue;
    }
    for (const Value& item : containers->list_value().values()) {
      const std::string image = TextAt(item.struct_value(), {"image"});
      const auto failure = failures_.find(image);
      if (failure != failures_.end() && now - failure->second.seen < kMemory) {
        return std::format("image {} {}: {}", image, kCannotPull, failure->second.cause);
      }
    }
  }
  return "";
}

std::string WrongClock(const std::string& ca_pem,
                       std::chrono::sys_time<std::chrono::nanoseconds> now) {
  const auto ca = pki::Certificate::FromPem(ca_pem);
  if (!ca.ok() || (ca->NotBefore() <= now && now <= ca->NotAfter())) {
    return "";
  }
  const auto text = [](base::WallTime time) {
    return std::format("{:%F %R} UTC", std::chrono::floor<std::chrono::minutes>(time));
  };
  return now < ca->NotBefore()
             ? std::format("the clock is wrong: it says {}, and the cluster's CA was made at {}",
                           text(now), text(ca->NotBefore()))
             : std::format("the clock is wrong, or the cluster's CA is old: it ended at {}",
                           text(ca->NotAfter()));
}

std::string MissingNetwork(const KubernetesWish& wish, const All<k8s::NodeCondition>& conditions) {
  const bool missing =
      wish.wanted && wish.no_network && std::ranges::any_of(conditions, [](const auto& row) {
        return LacksOnlyNetwork(row.spec().not_ready());
      });
  return missing ? "CNI: none installed" : "";
}

std::string EndpointProblem(const KubernetesWish& wish, const absl::Status& status) {
  const std::string said(base::MessageOf(status));
  const std::string_view place = PlaceOf(wish.endpoint);
  if (said.contains("resolve host")) {
    return std::format("the name of the cluster's endpoint does not resolve: {}",
                       HostOf(wish.endpoint));
  }
  if (said.contains("SSL") && (said.contains("expired") || said.contains("not yet valid"))) {
    return std::format(
        "the certificate of the API server at {} is not valid at this machine's "
        "time: {}",
        place, LastOf(said));
  }
  if (said.contains("SSL certificate problem")) {
    return std::format(
        "the API server at {} is of another cluster: its certificate is not of "
        "this cluster's CA",
        place);
  }
  const bool silent = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  return silent && !wish.control_plane && !said.contains("HTTP status")
             ? std::format("the cluster's endpoint {} cannot be reached: {}", place, LastOf(said))
             : "";
}

}  // namespace ichor
