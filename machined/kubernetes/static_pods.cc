#include "machined/kubernetes/static_pods.h"

#include <format>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "lib/resource/tree.h"
#include "machined/kubernetes/arguments.h"
#include "machined/kubernetes/component_configs.h"
#include "machined/kubernetes/component_flags.h"
#include "machined/kubernetes/pod_files.h"
#include "machined/kubernetes/quantity.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using k8s::StaticPod;
using Quantities = std::map<std::string, std::string>;

// A directory of the machine that a container sees.
struct Volume {
  std::string name;
  std::string host_path;
  std::string mount_path;
  bool read_only = false;
};

struct Probe {
  const char* path;
  std::int64_t port;
  std::optional<int> initial_delay{};  // seconds
  std::optional<int> period{};         // seconds
  std::optional<int> failures{};
};

// What sets one program's pod apart.
struct Program {
  std::string id;
  std::uint32_t user = 0;
  std::vector<std::string> command;
  Quantities requests;  // by default
  std::vector<Volume> volumes;
  std::vector<std::string> capabilities;
  Struct probes;  // fields of the container
  std::map<std::string, std::string> annotations;
};

constexpr int kProbeTimeout = 15;  // seconds

Struct ProbeObject(const Probe& probe) {
  Struct object = Object({{"httpGet", Object({{"host", "localhost"},
                                              {"path", probe.path},
                                              {"port", probe.port},
                                              {"scheme", "HTTPS"}})},
                          {"timeoutSeconds", kProbeTimeout}});
  if (probe.initial_delay.has_value()) {
    Set(object, "initialDelaySeconds", *probe.initial_delay);
  }
  if (probe.period.has_value()) {
    Set(object, "periodSeconds", *probe.period);
  }
  if (probe.failures.has_value()) {
    Set(object, "failureThreshold", *probe.failures);
  }
  return object;
}

template <class Map>
Struct TextObject(const Map& texts) {
  Struct object;
  for (const auto& [key, text] : texts) {
    Set(object, key, text);
  }
  return object;
}

template <class Spec>
Tree EnvironmentOf(const Spec& spec) {
  std::vector<Tree> variables{
      Object({{"name", "POD_IP"},
              {"valueFrom", Object({{"fieldRef", Object({{"fieldPath", "status.podIP"}})}})}})};
  const std::map<std::string, std::string> sorted(spec.environment_variables().begin(),
                                                  spec.environment_variables().end());
  for (const auto& [name, value] : sorted) {
    variables.emplace_back(
        Object({{"name", name}, {"value", absl::StrReplaceAll(value, {{"$", "$$"}})}}));
  }
  const auto limit = spec.resources().limits().find("memory");
  if (limit != spec.resources().limits().end() && !sorted.contains("GOMEMLIMIT")) {
    if (const auto bytes = BytesOfQuantity(limit->second); bytes.has_value()) {
      const std::uint64_t heap = *bytes - *bytes / 20;  // 95 %
      variables.emplace_back(Object({{"name", "GOMEMLIMIT"}, {"value", std::to_string(heap)}}));
    }
  }
  return variables;
}

template <class Spec>
Struct ResourcesOf(const Spec& spec, const Quantities& by_default) {
  Quantities requests = by_default;
  for (const auto& [name, quantity] : spec.resources().requests()) {
    requests[name] = quantity;
  }
  Struct resources = Object({{"requests", TextObject(requests)}});
  if (!spec.resources().limits().empty()) {
    Set(resources, "limits", TextObject(spec.resources().limits()));
  }
  return resources;
}

template <class Spec>
std::vector<Volume> VolumesOf(const Spec& spec, const Program& program) {
  std::vector<Volume> volumes = program.volumes;
  for (const auto& extra : spec.extra_volumes()) {
    volumes.push_back({.name = extra.name(),
                       .host_path = extra.host_path(),
                       .mount_path = extra.mount_path(),
                       .read_only = extra.read_only()});
  }
  return volumes;
}

Tree MountsOf(const std::vector<Volume>& volumes) {
  std::vector<Tree> mounts{Object({{"name", "tmp"}, {"mountPath", "/tmp"}}),
                           Object({{"name", "run"}, {"mountPath", "/var/run/kubernetes"}})};
  for (const Volume& volume : volumes) {
    mounts.emplace_back(Object(
        {{"name", volume.name}, {"mountPath", volume.mount_path}, {"readOnly", volume.read_only}}));
  }
  return mounts;
}

Tree VolumeObjects(const std::vector<Volume>& volumes) {
  std::vector<Tree> objects;
  for (const char* const name : {"tmp", "run"}) {
    objects.emplace_back(Object({{"name", name}, {"emptyDir", Object({{"medium", "Memory"}})}}));
  }
  for (const Volume& volume : volumes) {
    objects.emplace_back(
        Object({{"name", volume.name}, {"hostPath", Object({{"path", volume.host_path}})}}));
  }
  return objects;
}

Struct SecurityOf(const Program& program) {
  Struct capabilities = Object({{"drop", List({"ALL"})}});
  if (!program.capabilities.empty()) {
    Set(capabilities, "add", program.capabilities);
  }
  return Object({{"allowPrivilegeEscalation", false},
                 {"readOnlyRootFilesystem", true},
                 {"capabilities", std::move(capabilities)},
                 {"seccompProfile", Object({{"type", "RuntimeDefault"}})}});
}

Struct LabelsOf(const Program& program, const std::string& image) {
  return Object({{"tier", "control-plane"},
                 {"k8s-app", program.id},
                 {"component", program.id},
                 {"app.kubernetes.io/name", program.id},
                 {"app.kubernetes.io/version", TagOf(image)},
                 {"app.kubernetes.io/component", "control-plane"},
                 {"app.kubernetes.io/managed-by", "Talos"}});
}

template <class Spec>
StaticPod::Spec PodOf(const Spec& spec, const Program& program) {
  std::vector<std::string> command = program.command;
  command.insert(command.end(), spec.args().begin(), spec.args().end());
  const std::vector<Volume> volumes = VolumesOf(spec, program);
  Struct container = Object({{"name", program.id},
                             {"image", spec.image()},
                             {"command", command},
                             {"env", EnvironmentOf(spec)},
                             {"resources", ResourcesOf(spec, program.requests)},
                             {"securityContext", SecurityOf(program)},
                             {"volumeMounts", MountsOf(volumes)}});
  for (const auto& [field, probe] : program.probes.fields()) {
    Set(container, field, probe);
  }
  const auto user = static_cast<std::int64_t>(program.user);
  constexpr int kPriority = 2'000'000'000;
  StaticPod::Spec pod;
  *pod.mutable_pod() =
      Object({{"apiVersion", "v1"},
              {"kind", "Pod"},
              {"metadata", Object({{"name", program.id},
                                   {"namespace", "kube-system"},
                                   {"labels", LabelsOf(program, spec.image())},
                                   {"annotations", TextObject(program.annotations)}})},
              {"spec", Object({{"hostNetwork", true},
                               {"priority", kPriority},
                               {"priorityClassName", "system-cluster-critical"},
                               {"securityContext",
                                Object({{"runAsNonRoot", true},
                                        {"runAsUser", user},
                                        {"runAsGroup", user},
                                        {"seccompProfile", Object({{"type", "RuntimeDefault"}})}})},
                               {"containers", List({std::move(container)})},
                               {"volumes", VolumeObjects(volumes)}})}});
  return pod;
}

Volume SecretsVolume(const std::string& id) {
  return {.name = "secrets",
          .host_path = kPodSecrets + id,
          .mount_path = kPodSecrets + id,
          .read_only = true};
}

Volume ConfigVolume(const std::string& id) {
  return {.name = "config",
          .host_path = kPodConfigs + id,
          .mount_path = kPodConfigs + id,
          .read_only = true};
}

Struct ApiServerProbes(std::int64_t port) {
  return Object(
      {{"startupProbe",
        ProbeObject(
            {.path = "/livez", .port = port, .initial_delay = 10, .period = 10, .failures = 24})},
       {"readinessProbe",
        ProbeObject(
            {.path = "/readyz", .port = port, .initial_delay = 0, .period = 1, .failures = 3})},
       {"livenessProbe",
        ProbeObject(
            {.path = "/livez", .port = port, .initial_delay = 10, .period = 10, .failures = 8})}});
}

Program ApiServer(const k8s::APIServerConfig::Spec& spec) {
  constexpr const char* kAudit = "/var/log/audit/kube";
  return {.id = kApiServerId,
          .user = kApiServerUser,
          .command = {"/usr/local/bin/kube-apiserver"},
          .requests = {{"cpu", "200m"}, {"memory", "512Mi"}},
          .volumes = {SecretsVolume(kApiServerId),
                      ConfigVolume(kApiServerId),
                      {.name = "audit", .host_path = kAudit, .mount_path = kAudit}},
          .capabilities = {"NET_BIND_SERVICE"},
          .probes = spec.startup_probes_enabled() ? ApiServerProbes(spec.local_port()) : Struct(),
          .annotations = {}};
}

Program ControllerManager() {
  constexpr std::int64_t kPort = 10257;
  return {
      .id = kControllerManagerId,
      .user = kControllerManagerUser,
      .command = {"/usr/local/bin/kube-controller-manager", "--use-service-account-credentials"},
      .requests = {{"cpu", "50m"}, {"memory", "256Mi"}},
      .volumes = {SecretsVolume(kControllerManagerId)},
      .capabilities = {},
      .probes =
          Object({{"startupProbe",
                   ProbeObject({.path = "/healthz", .port = kPort, .period = 5, .failures = 12})},
                  {"livenessProbe", ProbeObject({.path = "/healthz", .port = kPort})}}),
      .annotations = {}};
}

Program Scheduler(const k8s::SchedulerConfig::Spec& spec) {
  constexpr std::int64_t kPort = 10259;
  constexpr std::uint32_t kHasLivez = 31;
  const bool livez = KubernetesMinor(spec.image()) >= kHasLivez;
  const char* const live = livez ? "/livez" : "/healthz";
  const char* const ready = livez ? "/readyz" : "/healthz";
  return {
      .id = kSchedulerId,
      .user = kSchedulerUser,
      .command = {"/usr/local/bin/kube-scheduler"},
      .requests = {{"cpu", "10m"}, {"memory", "64Mi"}},
      .volumes = {SecretsVolume(kSchedulerId), ConfigVolume(kSchedulerId)},
      .capabilities = {},
      .probes = Object({{"startupProbe",
                         ProbeObject({.path = live, .port = kPort, .period = 5, .failures = 12})},
                        {"livenessProbe", ProbeObject({.path = live, .port = kPort})},
                        {"readinessProbe", ProbeObject({.path = ready, .port = kPort})}}),
      .annotations = {}};
}

// The row with a program's command line.
template <class T>
std::optional<Row<T>> Final(const All<T>& rows, const std::string& id) {
  const auto row = rows.find(kFinalPrefix + id);
  return row == rows.end() ? std::nullopt : std::optional(*row);
}

// The version of one program's files: those of others do not replace its pod.
template <class T>
std::string VersionOf(const All<T>& files, const std::string& id) {
  const auto row = files.find(id);
  return row == files.end() ? "" : row->spec().version();
}

template <class T>
void Annotate(const Row<T>& row, const All<k8s::SecretStatus>& secrets, Program& program) {
  program.annotations["talos.dev/config-version"] = std::to_string(row.metadata().version);
  program.annotations["talos.dev/secrets-version"] = VersionOf(secrets, program.id);
}

bool IsHealthy(const v1alpha1::Service::Spec& service) {
  return service.running() && service.healthy();
}

std::string IdOf(const Struct& pod) {
  const std::string ns = TextAt(pod, {"metadata", "namespace"});
  const std::string name = TextAt(pod, {"metadata", "name"});
  return std::format("{}-{}", ns.empty() ? "default" : ns, name.empty() ? "default" : name);
}

}  // namespace

absl::StatusOr<Desired<StaticPod>> RenderControlPlanePods(
    const All<k8s::APIServerConfig>& servers, const All<k8s::ControllerManagerConfig>& managers,
    const All<k8s::SchedulerConfig>& schedulers, const All<k8s::SecretStatus>& secrets,
    const All<k8s::ConfigStatus>& configs, const All<v1alpha1::Service>& services) {
  Desired<StaticPod> pods;
  const auto written = secrets.find("static-pods");
  const auto configured = configs.find("static-pods");
  const auto etcd = services.find("etcd");
  if (servers.empty() || etcd == services.end()) {
    return pods;
  }
  if (!IsHealthy(etcd->spec())) {
    return absl::UnavailableError("etcd is not healthy");
  }
  if (written == secrets.end() || configured == configs.end() || !written->spec().ready() ||
      !configured->spec().ready()) {
    return absl::UnavailableError("the files of the pods are not written");
  }
  if (const auto row = Final(servers, kApiServerId); row.has_value()) {
    Program program = ApiServer(row->spec());
    Annotate(*row, secrets, program);
    program.annotations["talos.dev/config-file-version"] = VersionOf(configs, kApiServerId);
    pods.Add(kApiServerId, PodOf(row->spec(), program));
  }
  if (const auto row = Final(managers, kControllerManagerId);
      row.has_value() && row->spec().enabled()) {
    Program program = ControllerManager();
    Annotate(*row, secrets, program);
    pods.Add(kControllerManagerId, PodOf(row->spec(), program));
  }
  if (const auto row = Final(schedulers, kSchedulerId); row.has_value() && row->spec().enabled()) {
    Program program = Scheduler(row->spec());
    Annotate(*row, secrets, program);
    pods.Add(kSchedulerId, PodOf(row->spec(), program));
  }
  return pods;
}

absl::StatusOr<Desired<StaticPod>> DeriveUserPods(const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::Of(configs);
  Desired<StaticPod> pods;
  if (!settings.has_value()) {
    return pods;
  }
  std::map<std::string, Struct> by_id;
  for (const Struct& pod : settings->machine().pods()) {
    by_id[IdOf(pod)] = pod;
  }
  for (const auto* document : settings->config().All<config::v1alpha1::KubeStaticPodConfig>()) {
    by_id[document->name()] = document->pod();
  }
  for (auto& [id, pod] : by_id) {
    StaticPod::Spec spec;
    *spec.mutable_pod() = std::move(pod);
    pods.Add(id, std::move(spec));
  }
  return pods;
}

}  // namespace ichor
