#include "machined/kubernetes/static_pods.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/quantity.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

struct Given {
  k8s::APIServerConfig::Spec server = Text(
      "image: 'registry.k8s.io/kube-apiserver:v1.36.0' local_port: 6443 args: '--a=b' "
      "startup_probes_enabled: true environment_variables { key: 'B' value: 'x$y' } "
      "environment_variables { key: 'A' value: '1' } "
      "resources { requests { key: 'cpu' value: '1' } limits { key: 'memory' value: '1Gi' } } "
      "extra_volumes { name: 'v' host_path: '/h' mount_path: '/m' read_only: true }");
  k8s::ControllerManagerConfig::Spec manager = Text("enabled: true image: 'c:v1.36.0' args: '--c'");
  k8s::SchedulerConfig::Spec scheduler = Text("enabled: true image: 's:v1.36.0' args: '--s'");
  v1alpha1::Service::Spec etcd = Text("running: true healthy: true");
  bool secrets_written = true;
  bool has_etcd = true;

  absl::StatusOr<Desired<k8s::StaticPod>> Render() const {
    const k8s::SecretStatus::Spec secrets = Text("ready: true version: 'all'");
    const k8s::ConfigStatus::Spec configs = Text("ready: true version: 'all'");
    return RenderControlPlanePods(
        AllOf<k8s::APIServerConfig>(
            {{"kube-apiserver", Text("")}, {"final-kube-apiserver", server}}),
        AllOf<k8s::ControllerManagerConfig>({{"final-kube-controller-manager", manager}}),
        AllOf<k8s::SchedulerConfig>({{"final-kube-scheduler", scheduler}}),
        secrets_written ? AllOf<k8s::SecretStatus>({{"kube-apiserver", Text("version: 'sv'")},
                                                    {"kube-scheduler", Text("version: 'sched'")},
                                                    {"static-pods", secrets}})
                        : AllOf<k8s::SecretStatus>({}),
        AllOf<k8s::ConfigStatus>(
            {{"kube-apiserver", Text("version: 'cv'")}, {"static-pods", configs}}),
        has_etcd ? AllOf<v1alpha1::Service>({{"etcd", etcd}}) : AllOf<v1alpha1::Service>({}));
  }
  All<k8s::StaticPod> Pods() const {
    auto pods = Render();
    REQUIRE_THAT(pods, base::IsOk());
    return Stated(*std::move(pods));
  }
};

const Struct& ContainerOf(const Struct& pod) {
  return Find(pod, {"spec", "containers"})->list_value().values(0).struct_value();
}

std::string Yaml(const Struct& object, std::string_view key) {
  const auto* const value = Find(object, {key});
  return value == nullptr ? "" : ToYaml(*value);
}

}  // namespace

TEST_CASE("static pods: kube-apiserver, in every field") {
  const All<k8s::StaticPod> pods = Given().Pods();
  REQUIRE(Ids(pods) == "kube-apiserver kube-controller-manager kube-scheduler");
  CHECK(ToYaml(pods.front().spec().pod()) == R"(apiVersion: v1
kind: Pod
metadata:
    annotations:
        talos.dev/config-file-version: cv
        talos.dev/config-version: "0"
        talos.dev/secrets-version: sv
    labels:
        app.kubernetes.io/component: control-plane
        app.kubernetes.io/managed-by: Talos
        app.kubernetes.io/name: kube-apiserver
        app.kubernetes.io/version: v1.36.0
        component: kube-apiserver
        k8s-app: kube-apiserver
        tier: control-plane
    name: kube-apiserver
    namespace: kube-system
spec:
    containers:
        - command:
            - /usr/local/bin/kube-apiserver
            - --a=b
          env:
            - name: POD_IP
              valueFrom:
                fieldRef:
                    fieldPath: status.podIP
            - name: A
              value: "1"
            - name: B
              value: x$$y
            - name: GOMEMLIMIT
              value: "1020054733"
          image: registry.k8s.io/kube-apiserver:v1.36.0
          livenessProbe:
            failureThreshold: 8
            httpGet:
                host: localhost
                path: /livez
                port: 6443
                scheme: HTTPS
            initialDelaySeconds: 10
            periodSeconds: 10
            timeoutSeconds: 15
          name: kube-apiserver
          readinessProbe:
            failureThreshold: 3
            httpGet:
                host: localhost
                path: /readyz
                port: 6443
                scheme: HTTPS
            initialDelaySeconds: 0
            periodSeconds: 1
            timeoutSeconds: 15
          resources:
            limits:
                memory: 1Gi
            requests:
                cpu: "1"
                memory: 512Mi
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
                add:
                    - NET_BIND_SERVICE
                drop:
                    - ALL
            readOnlyRootFilesystem: true
            seccompProfile:
                type: RuntimeDefault
          startupProbe:
            failureThreshold: 24
            httpGet:
                host: localhost
                path: /livez
                port: 6443
                scheme: HTTPS
            initialDelaySeconds: 10
            periodSeconds: 10
            timeoutSeconds: 15
          volumeMounts:
            - mountPath: /tmp
              name: tmp
            - mountPath: /var/run/kubernetes
              name: run
            - mountPath: /system/secrets/kubernetes/kube-apiserver
              name: secrets
              readOnly: true
            - mountPath: /system/config/kubernetes/kube-apiserver
              name: config
              readOnly: true
            - mountPath: /var/log/audit/kube
              name: audit
              readOnly: false
            - mountPath: /m
              name: v
              readOnly: true
    hostNetwork: true
    priority: 2000000000
    priorityClassName: system-cluster-critical
    securityContext:
        runAsGroup: 65534
        runAsNonRoot: true
        runAsUser: 65534
        seccompProfile:
            type: RuntimeDefault
    volumes:
        - emptyDir:
            medium: Memory
          name: tmp
        - emptyDir:
            medium: Memory
          name: run
        - hostPath:
            path: /system/secrets/kubernetes/kube-apiserver
          name: secrets
        - hostPath:
            path: /system/config/kubernetes/kube-apiserver
          name: config
        - hostPath:
            path: /var/log/audit/kube
          name: audit
        - hostPath:
            path: /h
          name: v
)");
}

TEST_CASE("static pods: what the other two have of their own") {
  Given rows;
  const auto pods = rows.Pods();
  const Struct& manager = pods.find("kube-controller-manager")->spec().pod();
  CHECK(Yaml(ContainerOf(manager), "command") ==
        "- /usr/local/bin/kube-controller-manager\n- --use-service-account-credentials\n- --c\n");
  CHECK(Yaml(ContainerOf(manager), "startupProbe") ==
        "failureThreshold: 12\nhttpGet:\n    host: localhost\n    path: /healthz\n"
        "    port: 10257\n    scheme: HTTPS\nperiodSeconds: 5\ntimeoutSeconds: 15\n");
  CHECK(Yaml(ContainerOf(manager), "livenessProbe") ==
        "httpGet:\n    host: localhost\n    path: /healthz\n    port: 10257\n"
        "    scheme: HTTPS\ntimeoutSeconds: 15\n");
  CHECK(Yaml(ContainerOf(manager), "resources") == "requests:\n    cpu: 50m\n    memory: 256Mi\n");
  CHECK(Find(manager, {"spec", "securityContext", "runAsUser"})->number_value() == 65535);
  const Struct& scheduler = pods.find("kube-scheduler")->spec().pod();
  CHECK(Yaml(ContainerOf(scheduler), "readinessProbe").contains("/readyz\n    port: 10259\n"));
  CHECK(Yaml(ContainerOf(scheduler), "livenessProbe").contains("/livez\n"));
  CHECK(Yaml(ContainerOf(scheduler), "resources") == "requests:\n    cpu: 10m\n    memory: 64Mi\n");
  CHECK(Find(scheduler, {"spec", "securityContext", "runAsUser"})->number_value() == 65536);
  rows.scheduler.set_image("s:v1.30.0");
  CHECK(Yaml(ContainerOf(rows.Pods().find("kube-scheduler")->spec().pod()), "readinessProbe")
            .contains("/healthz\n"));
}

TEST_CASE("static pods: none before etcd is healthy and the files are written, or when it is off") {
  Given rows;
  rows.server.set_startup_probes_enabled(false);
  CHECK(Yaml(ContainerOf(rows.Pods().front().spec().pod()), "startupProbe").empty());
  rows.manager.set_enabled(false);
  rows.scheduler.set_enabled(false);
  CHECK(Ids(rows.Pods()) == "kube-apiserver");
  rows.etcd.set_healthy(false);
  CHECK(rows.Render().status().message() == "etcd is not healthy");
  CHECK(rows.Render().status().code() == absl::StatusCode::kUnavailable);
  rows.etcd.set_healthy(true);
  rows.secrets_written = false;
  CHECK(rows.Render().status().message() == "the files of the pods are not written");
  rows.has_etcd = false;
  CHECK(rows.Pods().empty());
}

TEST_CASE("static pods: those of the config, of either form") {
  const auto pods = Stated(*DeriveUserPods(ConfigRow(
      "machine:\n  type: worker\n  pods:\n    - {metadata: {name: a, namespace: b}, kind: Pod}\n"
      "    - {kind: Pod}\ncluster: {}\n---\napiVersion: v1alpha1\nkind: KubeStaticPodConfig\n"
      "name: mine\npod: {kind: Pod, spec: {hostNetwork: true}}\n")));
  CHECK(Ids(pods) == "b-a default-default mine");
  CHECK(ToYaml(pods.find("mine")->spec().pod()) == "kind: Pod\nspec:\n    hostNetwork: true\n");
}

TEST_CASE("quantities: bytes") {
  CHECK(BytesOfQuantity("1024") == 1024);
  CHECK(BytesOfQuantity("512Mi") == 536870912);
  CHECK(BytesOfQuantity("1.5Gi") == 1610612736);
  CHECK(BytesOfQuantity("2G") == 2000000000);
  CHECK_FALSE(BytesOfQuantity("100m").has_value());
  CHECK_FALSE(BytesOfQuantity("").has_value());
  CHECK_FALSE(BytesOfQuantity("16Ei").has_value());
}

}  // namespace ichor
