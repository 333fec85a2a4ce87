#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: containers have a name and an image") {
  CheckDocument("ContainerConfig",
                {{"image: 'a@sha256:0'", "1:1: ContainerConfig: name: required"},
                 {"name: A_b\n"
                  "image: 'a@sha256:0'",
                  "3:7: ContainerConfig A_b: name: 1 to 63 lower-case letters, digits and '-' are "
                  "allowed"},
                 {"name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                  "image: 'a@sha256:0'",
                  "3:7: ContainerConfig "
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: name: 1 to 63 "
                  "lower-case letters, digits and '-' are allowed"},
                 {"name: a", "1:1: ContainerConfig a: image: required"},
                 {"name: a\n"
                  "image: b:latest",
                  "4:8: warning: ContainerConfig a: image: a tag may change its meaning (name the "
                  "image by its digest)"},
                 {"name: a\n"
                  "image: ' b'",
                  "4:8: ContainerConfig a: image: \" b\" is no reference of an image"}});
}

TEST_CASE("validate: containers' environment variables have values") {
  CheckDocument("ContainerConfig",
                {{"name: a\n"
                  "image: 'a@sha256:0'\n"
                  "environment: [A, B=c]",
                  "5:15: ContainerConfig a: environment[0]: expected NAME=VALUE"}});
}

TEST_CASE("validate: mounts have one source and a destination of their own") {
  CheckDocument(
      "ContainerConfig",
      {{"name: a\n"
        "image: 'a@sha256:0'\n"
        "mounts: [{}]",
        "5:10: ContainerConfig a: mounts[0]: exactly one of userVolume, tmpfs and hostPath "
        "is required"},
       {"name: a\n"
        "image: 'a@sha256:0'\n"
        "mounts: [{tmpfs: {destination: /a}, hostPath: {source: /b, destination: /b}}]",
        "5:10: ContainerConfig a: mounts[0]: exactly one of userVolume, tmpfs and hostPath "
        "is required"},
       {"name: a\n"
        "image: 'a@sha256:0'\n"
        "mounts: [{tmpfs: {destination: a, size: x}}, {tmpfs: {destination: /b, options: "
        "[ro, rw, sync]}}, {hostPath: {source: /b, destination: /b}}, {userVolume: "
        "{destination: /c}}, {hostPath: {destination: /d}}]",
        "5:32: ContainerConfig a: mounts[0].tmpfs.destination: must be an absolute path\n"
        "5:41: ContainerConfig a: mounts[0].tmpfs.size: expected a size such as 64MiB\n"
        "5:81: ContainerConfig a: mounts[1].tmpfs.options: ro and rw are both set\n"
        "5:90: ContainerConfig a: mounts[1].tmpfs.options[2]: unknown option \"sync\"\n"
        "5:136: ContainerConfig a: mounts[2].hostPath.destination: a second mount at /b\n"
        "5:155: ContainerConfig a: mounts[3].userVolume.name: required\n"
        "5:186: ContainerConfig a: mounts[4].hostPath.source: required"}});
}

TEST_CASE("validate: security is named as the kernel names it") {
  CheckDocument(
      "ContainerConfig",
      {{"name: a\n"
        "image: 'a@sha256:0'\n"
        "security: {profile: loose}",
        "5:21: ContainerConfig a: security.profile: got \"loose\", expected one of "
        "restricted, privileged"},
       {"name: a\n"
        "image: 'a@sha256:0'\n"
        "security: {capabilities: {add: [CAP_NET_ADMIN, net_raw, ALL], drop: [ALL]}}",
        "5:33: ContainerConfig a: security.capabilities.add[0]: expected upper case without "
        "CAP_ (such as NET_ADMIN)\n"
        "5:48: ContainerConfig a: security.capabilities.add[1]: expected upper case without "
        "CAP_ (such as NET_ADMIN)\n"
        "5:57: ContainerConfig a: security.capabilities.add[2]: ALL cannot be added"}});
}

TEST_CASE("validate: CPU is in millicores, memory a size") {
  CheckDocument(
      "ContainerConfig",
      {{"name: a\n"
        "image: 'a@sha256:0'\n"
        "resources: {limits: {cpu: '1', memory: x}}",
        "5:27: ContainerConfig a: resources.limits.cpu: expected millicores: 1500m\n"
        "5:40: ContainerConfig a: resources.limits.memory: expected a size such as 256MiB"},
       {"name: a\n"
        "image: 'a@sha256:0'\n"
        "resources: {limits: {cpu: 1500m, memory: 64MiB}}",
        ""}});
}

TEST_CASE("validate: network, dependencies and user are known ones") {
  CheckDocument(
      "ContainerConfig",
      {{"name: a\n"
        "image: 'a@sha256:0'\n"
        "network: {mode: bridge}",
        "5:17: ContainerConfig a: network.mode: got \"bridge\", expected one of none, host"},
       {"name: a\n"
        "image: 'a@sha256:0'\n"
        "dependsOn: {networks: [dns]}",
        "5:24: ContainerConfig a: dependsOn.networks[0]: got \"dns\", expected one of "
        "addresses, connectivity, hostname, etcfiles"},
       {"name: a\n"
        "image: 'a@sha256:0'\n"
        "runAs: {uid: -1, gid: -1}",
        "5:14: ContainerConfig a: runAs.uid: must not be negative\n"
        "5:23: ContainerConfig a: runAs.gid: must not be negative"}});
}

}  // namespace
}  // namespace ichor::config
