#include <algorithm>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cluster/cluster.pb.h"
#include "machined/api/areas.h"
#include "machined/api/parse/memory.h"
#include "machined/cluster_api/access.h"
#include "machined/cluster_api/task.h"
#include "machined/health/checks.h"

namespace ichor::api {
namespace {

constexpr std::chrono::seconds kBetweenLooks{2};
constexpr std::chrono::minutes kDefaultPatience{20};
constexpr std::uint64_t kKiB = 1024;
constexpr size_t kMeminfoBytes = 64 << 10;

// Waits for one condition after the other, and tells when its cause changes.
class HealthCall : public rpc::Call {
 public:
  HealthCall(const ApiContext& context, rpc::Stream& stream)
      : context_(context),
        stream_(stream),
        task_({.loop = context.loop,
               .clock = context.clock,
               .worker = context.cluster_worker,
               .new_api = context.new_api},
              "health", kBetweenLooks) {}

  void OnMessage(std::string message) override {
    if (const absl::Status parsed = ParseRequest(message, request_); !parsed.ok()) {
      stream_.Finish(parsed);
      return;
    }
    const auto access = AdminAccess(context_.runtime.Read<secrets::KubernetesSecret>());
    if (!access.has_value()) {
      stream_.Finish(absl::UnimplementedError("this node does not look at a cluster"));
      return;
    }
    const std::chrono::seconds asked(request_.wait_timeout().seconds());
    deadline_ = context_.clock.Monotonic() + (asked.count() > 0 ? asked : kDefaultPatience);
    kube::Access where = *access;
    if (!request_.cluster_info().force_endpoint().empty()) {
      where.server = request_.cluster_info().force_endpoint();
    }
    task_.Set([where] { return where; },
              [mailbox = context_.loop.mailbox(), weak = std::weak_ptr(self_),
               &files = context_.files](kube::Api& api) {
                const std::string text = files.Read("/proc/meminfo", kMeminfoBytes).value_or("");
                const std::uint64_t memory = parse::MemoryOf(text).memtotal() * kKiB;
                mailbox->Post([weak, memory, sight = LookAtCluster(api)]() mutable {
                  if (const std::shared_ptr<HealthCall*> self = weak.lock()) {
                    (*self)->OnSight(memory, std::move(sight));
                  }
                });
                return absl::OkStatus();
              });
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  HealthScene SceneNow(std::uint64_t memory_bytes, MembersSight members, ClusterSight sight) const {
    Runtime& runtime = context_.runtime;
    HealthScene scene{.services = runtime.Read<v1alpha1::Service>(),
                      .etcd_roots = runtime.Read<secrets::EtcdRootSecret>(),
                      .etcd_specs = runtime.Read<etcd::EtcdSpec>(),
                      .kubelets = runtime.Read<k8s::KubeletConfig>(),
                      .names = runtime.Read<k8s::Nodename>(),
                      .static_pods = runtime.Read<k8s::StaticPod>(),
                      .manifests = runtime.Read<k8s::BootstrapManifestsConfig>(),
                      .types = runtime.Read<config::MachineType>(),
                      .machines = runtime.Read<runtime::MachineStatus>(),
                      .diagnostics = runtime.Read<runtime::Diagnostic>(),
                      .volumes = runtime.Read<block::VolumeStatus>(),
                      .memory_bytes = memory_bytes,
                      .nodes = {},
                      .control_planes = {},
                      .members = std::move(members),
                      .cluster = std::move(sight)};
    const cluster::ClusterInfo& info = request_.cluster_info();
    scene.control_planes.assign(info.control_plane_nodes().begin(),
                                info.control_plane_nodes().end());
    scene.nodes = scene.control_planes;
    scene.nodes.insert(scene.nodes.end(), info.worker_nodes().begin(), info.worker_nodes().end());
    return scene;
  }

  // etcd is asked for its members while conditions about them are not met.
  void OnSight(std::uint64_t memory_bytes, ClusterSight sight) {
    if (over_ || asking_) {
      return;
    }
    const bool wants_members = std::ranges::contains(
        HealthChecks().subspan(met_), HealthCheck::Source::kMembers, &HealthCheck::source);
    if (!wants_members || !IsHealthy(context_.runtime.Read<v1alpha1::Service>(), "etcd")) {
      Judge(memory_bytes, {}, std::move(sight));
      return;
    }
    asking_ = true;
    LookAtMembers(context_.etcd, [weak = std::weak_ptr(self_), memory_bytes,
                                  sight = std::move(sight)](MembersSight members) mutable {
      if (const std::shared_ptr<HealthCall*> self = weak.lock()) {
        (*self)->asking_ = false;
        (*self)->Judge(memory_bytes, std::move(members), std::move(sight));
      }
    });
  }

  void Judge(std::uint64_t memory_bytes, MembersSight members, ClusterSight sight) {
    if (over_) {
      return;
    }
    const HealthScene scene = SceneNow(memory_bytes, std::move(members), std::move(sight));
    if (told_.empty()) {
      Tell(DiscoveredNodes(scene));
    }
    const auto checks = HealthChecks();
    for (; met_ < checks.size(); ++met_) {
      const Verdict verdict = LookWith(checks[met_], scene);
      if (verdict.kind == Verdict::Kind::kNotYet) {
        Wait(checks[met_], verdict.cause);
        return;
      }
      const bool skipped = verdict.kind == Verdict::Kind::kSkipped;
      Tell(std::format("waiting for {}: {}{}{}", checks[met_].condition, skipped ? "SKIP" : "OK",
                       verdict.cause.empty() ? "" : ": ", verdict.cause));
    }
    End(absl::OkStatus());
  }

  void Wait(const HealthCheck& check, const std::string& cause) {
    const std::string line = std::format("waiting for {}: {}", check.condition, cause);
    if (line != told_) {
      Tell(line);
    }
    if (context_.clock.Monotonic() >= deadline_) {
      End(absl::DeadlineExceededError(line));
    }
  }

  void End(const absl::Status& status) {
    over_ = true;
    task_.Clear();
    stream_.Finish(status);
  }

  void Tell(const std::string& line) {
    cluster::HealthCheckProgress progress;
    progress.set_message(line);
    stream_.Send(progress.SerializeAsString());
    told_ = line;
  }

  const ApiContext& context_;
  rpc::Stream& stream_;
  const std::shared_ptr<HealthCall*> self_ = std::make_shared<HealthCall*>(this);
  cluster::HealthCheckRequest request_;
  base::MonotonicTime deadline_;
  size_t met_ = 0;  // conditions, from the first
  bool over_ = false;
  bool asking_ = false;  // etcd, for its members
  std::string told_;     // the last line
  ClusterTask task_;
};

}  // namespace

void AddHealthMethods(Methods& methods) {
  methods.Add("/cluster.ClusterService/HealthCheck",
              [&context = methods.context()](rpc::Stream& stream) {
                return std::make_unique<HealthCall>(context, stream);
              });
}

}  // namespace ichor::api
