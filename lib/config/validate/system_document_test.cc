#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: files below /etc are none of the node's own") {
  for (const std::string_view name : {"/a", "../a", ".a"}) {
    CHECK(Complaint(DocumentText("EtcFileConfig", Cat("name: ", name, "\nmode: 0o644"))) ==
          Cat("3:7: EtcFileConfig ", name,
              ": name: must be a path below /etc that starts with no dot"));
  }
  for (const std::string_view name :
       {"resolv.conf", "hosts", "machine-id", "extensions.yaml", "localtime", "os-release",
        "xattr.conf", "apparmor.d/a", "apparmor/a", "ca-certificates/a", "cni/a", "cri/a",
        "iscsi/a", "kubernetes/a", "lvm/a", "nvme/a", "pki/a", "selinux/a", "ssl/a"}) {
    CHECK(
        Complaint(DocumentText("EtcFileConfig", Cat("name: ", name, "\nmode: 0o644"))) ==
        Cat("3:7: EtcFileConfig ", name, ": name: /etc/", name, " is written by the node itself"));
  }
  CheckDocument("EtcFileConfig", {{"name: a/b\nmode: 0o644\ncontents: a", ""}});
}

TEST_CASE("validate: environment variables have names of C") {
  CheckDocument(
      "EnvironmentConfig",
      {{"variables: {1a: b, a-b: c, A_1: d}",
        "3:17: EnvironmentConfig: variables[\"1a\"]: a name is made of letters, digits and "
        "'_', and starts with no digit\n"
        "3:25: EnvironmentConfig: variables[\"a-b\"]: a name is made of letters, digits and "
        "'_', and starts with no digit"}});
}

TEST_CASE("validate: events and logs go to hosts with ports") {
  CheckDocument("EventSinkConfig",
                {{"endpoint: a", "3:11: EventSinkConfig: endpoint: \"a\" is no host and port"},
                 {"endpoint: 'a:1'", ""}});
  CheckDocument("KmsgLogConfig", {{"url: 'tcp://h:1'", "1:1: KmsgLogConfig: name: required"},
                                  {"name: a\n"
                                   "url: 'http://h:1'",
                                   "4:6: KmsgLogConfig a: url: the scheme must be tcp or udp"},
                                  {"name: a\n"
                                   "url: 'tcp://h'",
                                   "4:6: KmsgLogConfig a: url: the port is missing"},
                                  {"name: a\n"
                                   "url: 'tcp://h:1/p'",
                                   "4:6: KmsgLogConfig a: url: a path is not supported"}});
}

TEST_CASE("validate: the watchdog has a device and time to bark") {
  CheckDocument("WatchdogTimerConfig",
                {{"", "1:1: WatchdogTimerConfig: device: required"},
                 {"device: /dev/watchdog0\n"
                  "timeout: 9s",
                  "4:10: WatchdogTimerConfig: timeout: must be at least 10s"},
                 {"device: /dev/watchdog0\n"
                  "timeout: 10s",
                  ""}});
}

TEST_CASE("validate: expressions about memory have the types that are asked") {
  CheckDocument(
      "OOMConfig",
      {{"triggerExpression: '1'\n"
        "cgroupRankingExpression: 'true'\n"
        "sampleInterval: -1s",
        "3:20: OOMConfig: triggerExpression: the expression gives int, expected bool\n"
        "4:26: OOMConfig: cgroupRankingExpression: the expression gives bool, expected "
        "double\n"
        "5:17: OOMConfig: sampleInterval: must not be negative"},
       {"triggerExpression: memory_full_avg10 > 12.0 && time_since_trigger > "
        "duration(\"500ms\")\n"
        "cgroupRankingExpression: 'memory_max.hasValue() ? 0.0 : "
        "double(memory_current.orValue(0u))'",
        ""},
       {"triggerExpression: d_qos_memory_full_total[System] > 1",
        "3:20: OOMConfig: triggerExpression: \">\" does not take double and int: a double is "
        "written 1.0"}});
}

TEST_CASE("validate: an unattended install needs a disk") {
  CheckDocument(
      "UnattendedInstallConfig",
      {{"",
        "1:1: UnattendedInstallConfig: provisioning.diskSelector.match: required\n"
        "1:1: warning: UnattendedInstallConfig: installer.image: not set: the running "
        "version installs itself"},
       {"installer: {image: a}\n"
        "provisioning: {diskSelector: {match: 'disk.size > 10'}}",
        "4:38: UnattendedInstallConfig: provisioning.diskSelector.match: \">\" does not take "
        "uint and int: a uint is written 100u"}});
}

TEST_CASE("validate: services of extensions have files or an environment") {
  CheckDocument(
      "ExtensionServiceConfig",
      {{"environment: [A=b]", "1:1: ExtensionServiceConfig: name: required"},
       {"name: a", "1:1: ExtensionServiceConfig a: neither configFiles nor environment is set"},
       {"name: a\n"
        "configFiles: [{}]",
        "4:15: ExtensionServiceConfig a: configFiles[0].content: required\n"
        "4:15: ExtensionServiceConfig a: configFiles[0].mountPath: required"}});
}

TEST_CASE("validate: registries have URLs, one way to log in, and certificates") {
  CheckDocument("RegistryMirrorConfig",
                {{"endpoints: [{url: ftp://a}]",
                  "1:1: RegistryMirrorConfig: name: required\n"
                  "3:19: RegistryMirrorConfig: endpoints[0].url: \"ftp://a\" is no HTTP URL"},
                 {"name: a\n"
                  "endpoints: [{url: a}]",
                  "4:19: RegistryMirrorConfig a: endpoints[0].url: \"a\" is no HTTP URL"}});
  CheckDocument(
      "RegistryAuthConfig",
      {{"username: a", "1:1: RegistryAuthConfig: name: required"},
       {"name: a\n"
        "username: u\n"
        "auth: b",
        "1:1: RegistryAuthConfig a: only one of username and password, auth, identityToken "
        "may be set"},
       {"name: a\n"
        "password: u\n"
        "identityToken: b",
        "1:1: RegistryAuthConfig a: only one of username and password, auth, identityToken "
        "may be set"}});
  CheckDocument("RegistryTLSConfig",
                {{"name: a\n"
                  "ca: b\n"
                  "clientIdentity: {cert: c, key: d}",
                  "4:5: RegistryTLSConfig a: ca: no certificate in PEM\n"
                  "5:24: RegistryTLSConfig a: clientIdentity.cert: no certificate in PEM\n"
                  "5:32: RegistryTLSConfig a: clientIdentity.key: no private key in PEM"},
                 {"ca: b",
                  "1:1: RegistryTLSConfig: name: required\n"
                  "3:5: RegistryTLSConfig: ca: no certificate in PEM"}});
  CheckDocument("TrustedRootsConfig",
                {{"name: a\n"
                  "certificates: b",
                  "4:15: TrustedRootsConfig a: certificates: no certificate in PEM"}});
}

TEST_CASE("validate: the container runtime's parts have names and types") {
  CheckDocument(
      "CRICustomizationConfig",
      {{"name: 'a b'\n"
        "content: x",
        "3:7: CRICustomizationConfig a b: name: 1 to 63 letters, digits, '-', '_' or '.', "
        "perhaps with a domain before it"},
       {"name: a\n"
        "content: x",
        ""}});
  CheckDocument("CRIBaseRuntimeSpecConfig",
                {{"overrides: {process: {args: x}}",
                  "3:29: CRIBaseRuntimeSpecConfig: overrides.process.args: expected a list"}});
}

TEST_CASE("validate: images are verified in one way") {
  CheckDocument(
      "ImageVerificationConfig",
      {{"rules: [{}]",
        "3:9: ImageVerificationConfig: rules[0].image: required\n"
        "3:9: ImageVerificationConfig: rules[0]: exactly one of skip, deny, keyless and "
        "publicKey is required"},
       {"rules: [{image: a}]",
        "3:9: ImageVerificationConfig: rules[0]: exactly one of skip, deny, keyless and "
        "publicKey is required"},
       {"rules: [{image: a, skip: true, deny: true}]",
        "3:9: ImageVerificationConfig: rules[0]: exactly one of skip, deny, keyless and "
        "publicKey is required"},
       {"rules: [{image: a, skip: true, keyless: {issuer: a, subject: b}}]",
        "3:9: ImageVerificationConfig: rules[0]: exactly one of skip, deny, keyless and "
        "publicKey is required"},
       {"rules: [{image: a, keyless: {issuer: a, subject: b}, publicKey: {certificate: c}}]",
        "3:9: ImageVerificationConfig: rules[0]: exactly one of skip, deny, keyless and "
        "publicKey is required"},
       {"rules: [{image: a, keyless: {issuer: a}}]",
        "3:29: ImageVerificationConfig: rules[0].keyless: issuer and one of subject and "
        "subjectRegex are required"},
       {"rules: [{image: a, keyless: {subject: a}}]",
        "3:29: ImageVerificationConfig: rules[0].keyless: issuer and one of subject and "
        "subjectRegex are required"},
       {"rules: [{image: a, publicKey: {}}]",
        "3:31: ImageVerificationConfig: rules[0].publicKey.certificate: required"},
       {"rules: [{image: a, deny: true}]", ""}});
}

}  // namespace
}  // namespace ichor::config
