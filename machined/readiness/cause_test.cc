#include "machined/readiness/cause.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/pki/identity.h"
#include "lib/resource/yaml.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

const KubernetesWish kControlPlane{
    .wanted = true, .control_plane = true, .endpoint = "https://api.example.org:6443"};

// A node that does all that it should.
CauseScene Well() {
  return {.wish = kControlPlane,
          .states = AllOf<services::ServiceState>({{"etcd", "state: RUNNING"}}),
          .processes = AllOf<services::ProcessStatus>({{"etcd", "pid: 7 failures: 9"}}),
          .times = AllOf<time::TimeStatus>({{"node", "synced: true"}}),
          .pods = AllOf<k8s::StaticPodStatus>({})};
}

k8s::StaticPodStatus::Spec Waiting(const std::string& reason, const std::string& message) {
  k8s::StaticPodStatus::Spec spec;
  REQUIRE(FromYaml("containerStatuses: [{image: 'ghcr.io/x:1', state: {waiting: {reason: " +
                       reason + ", message: '" + message + "'}}}]",
                   *spec.mutable_pod_status())
              .ok());
  return spec;
}

}  // namespace

TEST_CASE("cause: there is none on a node that is well, nor where no node is wanted") {
  CHECK(CauseOf(Well()).empty());
  CauseScene scene = Well();
  scene.times = AllOf<time::TimeStatus>({});
  scene.wish.wanted = false;
  CHECK(CauseOf(scene).empty());
}

TEST_CASE("cause: one at a time, in the order in which a node comes up") {
  CauseScene scene = Well();
  scene.pods = AllOf<k8s::StaticPodStatus>({{"s/a", Waiting("CrashLoopBackOff", "back-off 5m0s")}});
  CHECK(CauseOf(scene) == "pod s/a does not stay up: see its log");
  scene.endpoint = "the endpoint";
  CHECK(CauseOf(scene) == "the endpoint");
  scene.states = AllOf<services::ServiceState>(
      {{"etcd", "state: WAITING message: 'waits for bootstrap: run `ichorctl bootstrap -n n1`'"}});
  CHECK(CauseOf(scene) == "etcd waits for bootstrap: run `ichorctl bootstrap -n n1`");
  scene.processes = AllOf<services::ProcessStatus>(
      {{"kubelet", "failures: 1 ended: 'image k:1 cannot be pulled: no such host'"}});
  CHECK(CauseOf(scene) == "image k:1 cannot be pulled: no such host");
  scene.clock = "the clock";
  CHECK(CauseOf(scene) == "the clock");
  scene.times = AllOf<time::TimeStatus>({{"node", ""}});
  CHECK(CauseOf(scene) == "the clock is not synchronized: no time server has given the time");
}

TEST_CASE("cause: a clock is wrong before the cluster's CA was made, and after it ended") {
  const base::WallTime made =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::minutes(90);
  constexpr std::chrono::days kDay(1);
  const auto ca = pki::NewAuthority(pki::KubernetesAuthority(), made);
  REQUIRE(ca.ok());
  const std::string pem = ca->certificate.ToPem();
  CHECK(WrongClock(pem, made + kDay).empty());
  CHECK(WrongClock("", made).empty());
  CHECK(WrongClock(pem, made - kDay) ==
        "the clock is wrong: it says 2026-11-22 01:30 UTC, and the cluster's CA was made at "
        "2026-11-23 01:30 UTC");
  CHECK(WrongClock(pem, made + 20 * 365 * kDay) ==
        "the clock is wrong, or the cluster's CA is old: it ended at 2036-11-20 01:30 UTC");
}

TEST_CASE("cause: a service that ends is one when it does so again and again") {
  CauseScene scene = Well();
  scene.processes =
      AllOf<services::ProcessStatus>({{"etcd", "failures: 2 ended: 'exited with 1'"}});
  CHECK(CauseOf(scene).empty());
  scene.processes =
      AllOf<services::ProcessStatus>({{"etcd", "failures: 3 ended: 'exited with 1'"}});
  CHECK(CauseOf(scene) == "service etcd does not stay up: exited with 1");
}

TEST_CASE("cause: of an image of a pod, with the last that its error says") {
  CauseScene scene = Well();
  scene.pods = AllOf<k8s::StaticPodStatus>(
      {{"s/a", Waiting("ImagePullBackOff",
                       "Back-off pulling image \"ghcr.io/x:1\": ErrImagePull: failed to pull and "
                       "unpack image: dial tcp: lookup ghcr.io: no such host")}});
  CHECK(CauseOf(scene) == "image ghcr.io/x:1 cannot be pulled: no such host");
}

TEST_CASE("cause: before the kubelet answers, its log says which image it cannot pull") {
  using std::chrono_literals::operator""min;
  k8s::StaticPod::Spec pod;
  REQUIRE(FromYaml("spec: {containers: [{image: 'r.io/api:9'}]}", *pod.mutable_pod()).ok());
  const auto pods = AllOf<k8s::StaticPod>({{"kube-apiserver", pod}});
  const std::chrono::nanoseconds start{};
  PullLog log;
  CHECK_FALSE(
      log.Append("{\"msg\":\"PullImage from image service failed\",\"err\":\"x\"}\n{\"ts\":1,"
                 "\"msg\":\"PullImage from image service failed\",\"image\":\"r.io/api:9\",",
                 start));
  CHECK(log.ProblemOf(pods, start).empty());
  CHECK(
      log.Append("\"err\":\"rpc error: code = NotFound desc = failed to resolve image: r.io/api:9: "
                 "not found\"}\n",
                 start));
  CHECK(log.ProblemOf(pods, start) == "image r.io/api:9 cannot be pulled: not found");
  CHECK(log.ProblemOf(AllOf<k8s::StaticPod>({}), start).empty());
  CHECK(log.ProblemOf(pods, start + 6min).empty());

  CauseScene scene = Well();
  scene.pull = "the log";
  CHECK(CauseOf(scene) == "the log");
  scene.pods = AllOf<k8s::StaticPodStatus>({{"s/a", Waiting("ContainerCreating", "")}});
  CHECK(CauseOf(scene).empty());
}

TEST_CASE("cause: a network of containers that nobody has installed") {
  const auto lacks = AllOf<k8s::NodeCondition>(
      {{"n1", "not_ready: 'container runtime network not ready: NetworkReady=false'"}});
  KubernetesWish wish = kControlPlane;
  CHECK(MissingNetwork(wish, lacks).empty());
  wish.no_network = true;
  CHECK(MissingNetwork(wish, lacks) == "CNI: none installed");
  CHECK(MissingNetwork(wish, AllOf<k8s::NodeCondition>({{"n1", ""}})).empty());
}

TEST_CASE("cause: an endpoint that nobody finds, that does not answer, or that is another one") {
  const auto problem = [](const absl::Status& status, bool control_plane = true) {
    KubernetesWish wish = kControlPlane;
    wish.control_plane = control_plane;
    return EndpointProblem(wish, status);
  };
  const std::string asked = "GET https://api.example.org:6443/version: ";
  CHECK(problem(absl::OkStatus()).empty());
  CHECK(problem(absl::UnauthenticatedError("GET /version: Unauthorized")).empty());
  CHECK(problem(absl::UnavailableError("GET /version: HTTP status 503"), false).empty());
  CHECK(problem(absl::UnavailableError(asked + "Could not resolve host: api.example.org")) ==
        "the name of the cluster's endpoint does not resolve: api.example.org");
  const auto refused = absl::UnavailableError(asked + "Connection refused");
  CHECK(problem(refused).empty());
  CHECK(problem(refused, false) ==
        "the cluster's endpoint api.example.org:6443 cannot be reached: Connection refused");
  CHECK(problem(absl::FailedPreconditionError(
            asked + "SSL certificate problem: unable to get local issuer certificate")) ==
        "the API server at api.example.org:6443 is of another cluster: its certificate is not of "
        "this cluster's CA");
  CHECK(problem(absl::FailedPreconditionError(
            asked + "SSL certificate problem: certificate has expired")) ==
        "the certificate of the API server at api.example.org:6443 is not valid at this machine's "
        "time: certificate has expired");
}

}  // namespace ichor
