#include "machined/node_object/register.h"

#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/kube/objects.h"
#include "machined/cluster_api/access.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr const char* kSource = "kubernetes.node";
constexpr const char* kManager = "talos";

kube::Reference NodeReference(const std::string& name) {
  return {.api_version = "v1", .kind = "Node", .ns = "", .name = name};
}

// Writes what is wished on the node, and looks at it.
absl::StatusOr<NodeSight> Visit(kube::Api& api, const std::string& name, const NodeWish& wish,
                                std::chrono::sys_seconds booted) {
  kube::Objects objects(api, kManager);
  ASSIGN_OR_RETURN(Struct node, objects.Get(NodeReference(name)));
  if (const std::optional<Struct> patch = PlanNode(node, wish); patch.has_value()) {
    RETURN_IF_ERROR(objects.Patch(NodeReference(name), *patch));
    ASSIGN_OR_RETURN(node, objects.Get(NodeReference(name)));
  }
  k8s::NodeStatus::Spec status = NodeStatusOf(node);
  k8s::NodeCondition::Spec condition = NodeConditionOf(node, booted);
  status.set_node_ready(condition.not_ready().empty());
  NodeSight seen{.status = std::move(status), .condition = std::move(condition), .endpoint = {}};
  const absl::StatusOr<Struct> slice =
      api.Do({.path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"});
  if (slice.ok()) {
    seen.endpoint = EndpointOfSlice(*slice);
  }
  return seen;
}

std::string TextOf(const NodeWish& wish) {
  std::string text = std::format("{}", static_cast<int>(wish.cordon));
  for (const auto& [key, value] : wish.labels) {
    text += std::format("\nl {}={}", key, value);
  }
  for (const auto& [key, value] : wish.annotations) {
    text += std::format("\na {}={}", key, value);
  }
  for (const auto& [key, taint] : wish.taints) {
    text += std::format("\nt {}={}:{}", key, taint.value(), taint.effect());
  }
  return text;
}

// How this machine reaches the API, and a text that is another one when that changes.
struct Identity {
  ClusterTask::FindAccess find;
  std::string text;
};

std::optional<Identity> IdentityOf(const All<config::MachineType>& types,
                                   const All<secrets::KubernetesSecret>& secrets,
                                   const std::string& kubelet_kubeconfig) {
  if (types.empty()) {
    return std::nullopt;
  }
  if (types.front().spec().machine_type() == resource::config::WORKER) {
    return Identity{.find = [path = kubelet_kubeconfig] { return KubeletAccess(path); },
                    .text = "worker"};
  }
  const std::optional<kube::Access> admin = AdminAccess(secrets);
  if (!admin.has_value()) {
    return std::nullopt;
  }
  return Identity{.find = [access = *admin] { return access; },
                  .text = admin->server + admin->certificate_pem};
}

}  // namespace

NodeObject::NodeObject(Runtime& runtime, ClusterTask::Parts parts,
                       const std::string& kubelet_kubeconfig)
    : runtime_(runtime),
      loop_(parts.loop),
      clock_(parts.clock),
      task_(std::move(parts), kSource, kPeriod) {
  runtime_.AddSource<k8s::NodeStatus>(kSource);
  runtime_.AddSource<k8s::NodeCondition>(kSource);
  runtime_.AddSource<k8s::Endpoint>(kSource);
  Publish({});
  Register(kubelet_kubeconfig);
}

void NodeObject::Register(const std::string& kubelet_kubeconfig) {
  runtime_.Actuate<k8s::Nodename, k8s::NodeLabelSpec, k8s::NodeAnnotationSpec, k8s::NodeTaintSpec,
                   runtime::MachineStatus, config::MachineType, secrets::KubernetesSecret,
                   v1alpha1::Service>(
      "kubernetes.notice-node",
      [mailbox = loop_.mailbox(), weak = std::weak_ptr(self_), kubelet_kubeconfig](
          const All<k8s::Nodename>& names, const All<k8s::NodeLabelSpec>& labels,
          const All<k8s::NodeAnnotationSpec>& annotations, const All<k8s::NodeTaintSpec>& taints,
          const All<runtime::MachineStatus>& machines, const All<config::MachineType>& types,
          const All<secrets::KubernetesSecret>& secrets, const All<v1alpha1::Service>& services) {
        std::optional<Subject> subject;
        std::optional<Identity> identity = IdentityOf(types, secrets, kubelet_kubeconfig);
        if (!names.empty() && !names.front().spec().skip_node_registration() &&
            identity.has_value() && IsHealthy(services, "kubelet")) {
          subject.emplace(Subject{.name = names.front().spec().nodename(),
                                  .find = std::move(identity->find),
                                  .wish = NodeWishOf(labels, annotations, taints, machines),
                                  .text = std::move(identity->text)});
        }
        mailbox->Post([weak, subject = std::move(subject)]() mutable {
          if (const std::shared_ptr<NodeObject*> self = weak.lock()) {
            (*self)->Set(std::move(subject));
          }
        });
        return absl::OkStatus();
      });
}

void NodeObject::Set(std::optional<Subject> subject) {
  if (!subject.has_value()) {
    if (!given_.empty()) {
      given_.clear();
      task_.Clear();
      Publish({});
    }
    return;
  }
  std::string given =
      std::format("{}\n{}\n{}", subject->name, subject->text, TextOf(subject->wish));
  if (given == given_) {
    return;
  }
  given_ = std::move(given);
  task_.Set(
      std::move(subject->find),
      [name = std::move(subject->name), wish = std::move(subject->wish), mailbox = loop_.mailbox(),
       weak = std::weak_ptr(self_), &clock = clock_](kube::Api& api) -> absl::Status {
        const auto booted = std::chrono::floor<std::chrono::seconds>(
            clock.Now() - clock.Monotonic().time_since_epoch());
        absl::StatusOr<NodeSight> seen = Visit(api, name, wish, booted);
        RETURN_IF_ERROR(seen.status());
        mailbox->Post([weak, seen = *std::move(seen)] {
          const std::shared_ptr<NodeObject*> self = weak.lock();
          if (self != nullptr && !(*self)->given_.empty()) {
            (*self)->Publish(seen);
          }
        });
        return absl::OkStatus();
      });
}

void NodeObject::Publish(const NodeSight& seen) {
  Desired<k8s::NodeStatus> statuses;
  Desired<k8s::NodeCondition> conditions;
  Desired<k8s::Endpoint> endpoints;
  if (seen.status.has_value()) {
    statuses.Add(seen.status->nodename(), *seen.status);
    conditions.Add(seen.status->nodename(), seen.condition);
  }
  if (seen.endpoint.has_value() && !seen.endpoint->addresses().empty()) {
    endpoints.Add("kube-apiserver", *seen.endpoint);
  }
  runtime_.Publish<k8s::NodeStatus>(kSource, std::move(statuses));
  runtime_.Publish<k8s::NodeCondition>(kSource, std::move(conditions));
  runtime_.Publish<k8s::Endpoint>(kSource, std::move(endpoints));
}

}  // namespace ichor
