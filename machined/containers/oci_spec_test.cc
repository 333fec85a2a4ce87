#include "machined/containers/oci_spec.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/matchers/catch_matchers_string.hpp"
#include "lib/resource/text.h"

namespace ichor {

using Catch::Matchers::ContainsSubstring;
using ichor::definitions::ProcessParameters;

TEST_CASE("oci spec: a container has what is stated, and no more") {
  const ProcessParameters process = Text(
      "arguments: ['/usr/local/bin/etcd', '--name=n1'] environment: 'A=b' uid: 60 gid: 60 "
      "cgroup: 'podruntime/etcd' oom_score_adj: -998 container { image: 'etcd:1' open_files: "
      "10240 mounts { source: '/var/lib/etcd' destination: '/var/lib/etcd' options: 'rbind' "
      "options: 'rw' } }");
  const std::string json = OciSpec(process, {"PATH=/bin"});
  CHECK_THAT(json, ContainsSubstring(R"("args":["/usr/local/bin/etcd","--name=n1"])"));
  CHECK_THAT(json, ContainsSubstring(R"(/bin","PATH=/bin","A=b"])"));
  CHECK_THAT(json, ContainsSubstring(R"("user":{"gid":60,"uid":60})"));
  CHECK_THAT(json,
             ContainsSubstring(R"("capabilities":{"bounding":[],"effective":[],"permitted":[]})"));
  CHECK_THAT(json, ContainsSubstring(R"("noNewPrivileges":true)"));
  CHECK_THAT(json, ContainsSubstring(R"("oomScoreAdj":-998)"));
  CHECK_THAT(json, ContainsSubstring(R"({"hard":10240,"soft":10240,"type":"RLIMIT_NOFILE"})"));
  CHECK_THAT(json, ContainsSubstring(R"("cgroupsPath":"/podruntime/etcd")"));
  CHECK_THAT(json, ContainsSubstring(R"("namespaces":[{"type":"mount"},{"type":"pid"},)"
                                     R"({"type":"ipc"}])"));
  CHECK_THAT(json, ContainsSubstring(R"({"destination":"/var/lib/etcd","options":["rbind","rw"],)"
                                     R"("source":"/var/lib/etcd","type":"bind"})"));
  CHECK_THAT(json, ContainsSubstring(R"("destination":"/dev/pts")"));
  CHECK_THAT(json, ContainsSubstring(R"({"destination":"/etc/hosts","options":["bind","ro"],)"));
  CHECK_THAT(json,
             ContainsSubstring(R"("resources":{"devices":[{"access":"rwm","allow":false}]})"));
  CHECK_THAT(json, ContainsSubstring("/proc/kcore"));
  CHECK_THAT(json, !ContainsSubstring("seccomp"));
}

TEST_CASE("oci spec: a privileged container is among the host's processes and devices") {
  const ProcessParameters process = Text(
      "arguments: '/usr/local/bin/kubelet' cgroup: 'podruntime/kubelet' all_capabilities: "
      "true container { image: 'kubelet:1' privileged: true mounts { source: '/dev' "
      "destination: '/dev' options: 'rbind' } }");
  const std::string json = OciSpec(process, {});
  CHECK_THAT(json, ContainsSubstring(R"("namespaces":[{"type":"mount"}])"));
  CHECK_THAT(json, ContainsSubstring(R"("rootfsPropagation":"shared")"));
  CHECK_THAT(json, ContainsSubstring(R"("devices":[{"access":"rwm","allow":true}])"));
  CHECK_THAT(json, ContainsSubstring("CAP_CHECKPOINT_RESTORE"));
  CHECK_THAT(json, ContainsSubstring(R"("mounts":[{"destination":"/proc")"));
  CHECK_THAT(json, ContainsSubstring(R"({"destination":"/dev","options":["rbind"],)"));
  CHECK_THAT(json, ContainsSubstring(R"("seccomp":{"architectures":["SCMP_ARCH_)"));
  CHECK_THAT(json, ContainsSubstring(R"("defaultAction":"SCMP_ACT_ALLOW")"));
  CHECK_THAT(json,
             ContainsSubstring(R"("action":"SCMP_ACT_ERRNO","errnoRet":1,"names":["_sysctl",)"));
  CHECK_THAT(json, !ContainsSubstring("request_key"));
  CHECK_THAT(json, !ContainsSubstring("maskedPaths"));
  CHECK_THAT(json, !ContainsSubstring("/dev/pts"));
}

}  // namespace ichor
