#include "lib/config/config.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "ichorctl/cli/parse.h"
#include "ichorctl/files/test_session.h"
#include "ichorctl/gen/gen_command.h"
#include "lib/base/status.h"
#include "lib/base/status_matchers.h"
#include "lib/config/validate/validate.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/pki/cluster/secrets.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

namespace {

using Words = std::vector<std::string>;

absl::Status Run(TestSession& session, const Words& flags) {
  const Command root{.name = "ichorctl", .summary = "", .commands = {GenCommand()}};
  Words words = {"gen", "config", "kronform", "https://api.example.org:6443"};
  words.insert(words.end(), flags.begin(), flags.end());
  Invocation invocation;
  if (absl::Status status = Parse(root, words, invocation); !status.ok()) {
    return status;
  }
  session.Begin();
  return invocation.command().run(*session, invocation.arguments);
}

std::string WriteSecrets(TestSession& session) {
  session.Write("secrets.yaml",
                pki::ToYaml(*pki::NewClusterSecrets(session.clock().Now(), {.minor = 6})).text());
  return session.PathOf("secrets.yaml");
}

}  // namespace

TEST_CASE("gen config: a cluster's three files, for their owner alone") {
  TestSession session;
  const std::string out = session.PathOf("out");
  REQUIRE_THAT(Run(session, {"--with-secrets", WriteSecrets(session), "-o", out, "--endpoints",
                             "10.0.0.2,10.0.0.3"}),
               IsOk());
  for (const char* const name : {"out/controlplane.yaml", "out/worker.yaml"}) {
    CHECK(session.ModeOf(name) == 0600);
    CHECK_THAT(config::Load(name, session.Read(name)), IsOk());
  }
  const pki::ClientConfig client = *pki::ClientConfigFromYaml(session.Read("out/talosconfig"));
  CHECK(client.current == "kronform");
  CHECK(client.contexts.at("kronform").endpoints == Words{"10.0.0.2", "10.0.0.3"});
  CHECK_THAT(Run(session, {"--with-secrets", session.PathOf("secrets.yaml"), "-o", out}),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      out + "/controlplane.yaml exists already; --force replaces it"));
}

TEST_CASE("gen config: the four patches of a story, for the version they were written for") {
  TestSession session;
  session.Write("allow.yaml", "cluster: {allowSchedulingOnControlPlanes: true}\n");
  session.Write("no-proxy.yaml",
                "cluster: {network: {cni: {name: none}}, proxy: {disabled: true}}\n");
  session.Write("name.yaml",
                "cluster: {clusterName: kronform.example.org, network: {dnsDomain: "
                "local.kronform.example.org}}\n");
  session.Write("n1.yaml",
                "machine:\n"
                "  install: {disk: none, diskSelector: {size: '< 1TB'}, image: "
                "'ghcr.io/siderolabs/installer:v1.4.4'}\n"
                "  network: {hostname: n1, interfaces: [{interface: eth0, dhcp: true}]}\n");
  Words words = {"--output",
                 session.PathOf("rendered/n1.yaml"),
                 "--output-types",
                 "controlplane",
                 "--dns-domain",
                 "local.kronform",
                 "--with-cluster-discovery=false",
                 "--talos-version",
                 "v1.11",
                 "--with-secrets",
                 WriteSecrets(session)};
  for (const char* const name : {"allow.yaml", "no-proxy.yaml", "name.yaml", "n1.yaml"}) {
    words.insert(words.end(), {"--config-patch", "@" + session.PathOf(name)});
  }
  REQUIRE_THAT(Run(session, words), IsOk());
  const std::string text = session.Read("rendered/n1.yaml");
  CHECK(text.contains("clusterName: kronform.example.org"));
  CHECK(text.contains("dnsDomain: local.kronform.example.org"));
  CHECK(text.contains("hostname: n1"));
  CHECK_THAT(config::Load("n1.yaml", text), IsOk());
}

TEST_CASE("gen config: old patches move into the documents of today, or are refused") {
  TestSession session;
  session.Write("b.yaml", "cluster: {network: {cni: {name: none}}, proxy: {disabled: true}}\n");
  session.Write("name.yaml", "cluster: {clusterName: kronform.example.org}\n");
  Words words = {"-o",
                 "-",
                 "-t",
                 "controlplane",
                 "--with-secrets",
                 WriteSecrets(session),
                 "--config-patch",
                 "@" + session.PathOf("b.yaml"),
                 "--config-patch",
                 session.PathOf("name.yaml")};
  REQUIRE_THAT(Run(session, words), IsOk());
  const config::Config config = *config::Load("made", session.out());
  CHECK(session.err().contains(session.PathOf("b.yaml") +
                               ":1: cluster.proxy.disabled → KubeProxyConfig.enabled: false\n"));
  CHECK(session.err().contains(
      session.PathOf("name.yaml") +
      ":1: cluster.clusterName → KubeClusterConfig.clusterName: kronform.example.org\n"));
  CHECK(session.out().contains("clusterName: kronform.example.org"));
  CHECK(config.Find(*config::FindKind("KubeFlannelCNIConfig"), "") == nullptr);
  CHECK_FALSE(HasErrors(config::Validate(config, {.local = true})));

  words.emplace_back("--no-migrate");
  const absl::Status refused = Run(session, words);
  CHECK(refused.code() == absl::StatusCode::kInvalidArgument);
  const std::string_view message = base::MessageOf(refused);
  CHECK(message.contains(session.PathOf("b.yaml") + ":1:"));
  CHECK(message.contains(session.PathOf("name.yaml") + ":1:"));
  CHECK(session.out().empty());
}

TEST_CASE("gen config: a field that only the older form has says how to have it") {
  TestSession session;
  Words words = {"-o",
                 "-",
                 "-t",
                 "controlplane",
                 "--with-secrets",
                 WriteSecrets(session),
                 "--config-patch",
                 "machine: {install: {disk: /dev/sda, extraKernelArgs: [quiet]}}"};
  CHECK(base::MessageOf(Run(session, words)) ==
        "patch:1:37: machine.install.extraKernelArgs: has no equivalent in the current form; "
        "--talos-version v1.11 makes a config of the older form");
  words.insert(words.end(), {"--talos-version", "v1.11"});
  REQUIRE_THAT(Run(session, words), IsOk());
  CHECK(session.out().contains("- quiet"));
}

TEST_CASE("gen config: what is made is valid") {
  TestSession session;
  const std::string version = GENERATE(as<std::string>(), "", "v1.13", "v1.11", "v1.6");
  const std::string type = GENERATE(as<std::string>(), "controlplane", "worker");
  REQUIRE_THAT(Run(session, {"-o", "-", "-t", type, "--with-secrets", WriteSecrets(session),
                             "--talos-version", version}),
               IsOk());
  const absl::StatusOr<config::Config> config = config::Load("made", session.out());
  REQUIRE_THAT(config, IsOk());
  CHECK_THAT(config::ToStatus(config::Validate(*config, {.local = true})), IsOk());
}

TEST_CASE("gen config: patches are for all, for the control plane or for workers, files or text") {
  TestSession session;
  const Words words = {"--with-secrets",
                       WriteSecrets(session),
                       "-o",
                       session.PathOf("out"),
                       "--talos-version",
                       "v1.13",
                       "--config-patch",
                       "{\"debug\": true}",
                       "--config-patch-control-plane",
                       "machine: {sysctls: {a: '1'}}",
                       "--config-patch-worker",
                       R"([{"op": "replace", "path": "/machine/token", "value": "worker-token"}])"};
  Words refused = words;
  refused.emplace_back("--no-migrate");
  CHECK_THAT(
      Run(session, refused),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "JSON6902 patches are not supported for multi-document machine configuration"));
  REQUIRE_THAT(Run(session, words), IsOk());
  CHECK(session.Read("out/worker.yaml").contains("token: worker-token\n"));
  CHECK_FALSE(session.Read("out/controlplane.yaml").contains("worker-token"));
  CHECK(session.Read("out/controlplane.yaml").contains("sysctls:"));
  CHECK(session.Read("out/controlplane.yaml").contains("debug: true"));
  CHECK_FALSE(session.Read("out/worker.yaml").contains("\n    sysctls:"));
  CHECK(session.Read("out/worker.yaml").contains("debug: true"));
}

TEST_CASE(
    "gen config: from a control plane's config the cluster's secrets come back, of any version") {
  TestSession session;
  const std::string path = WriteSecrets(session);
  const std::string version = GENERATE(as<std::string>(), "", "v1.13", "v1.6");
  REQUIRE_THAT(Run(session, {"-o", session.PathOf("c.yaml"), "-t", "controlplane", "--with-secrets",
                             path, "--talos-version", version}),
               IsOk());
  const Command root{.name = "ichorctl", .summary = "", .commands = {GenCommand()}};
  Invocation invocation;
  REQUIRE_THAT(Parse(root,
                     {"gen", "secrets", "--from-controlplane-config", session.PathOf("c.yaml"),
                      "-o", session.PathOf("again.yaml")},
                     invocation),
               IsOk());
  REQUIRE_THAT(invocation.command().run(*session, {}), IsOk());
  CHECK(session.Read("again.yaml") == session.Read("secrets.yaml"));
}

TEST_CASE("gen config: one file may go to standard output") {
  TestSession session;
  REQUIRE_THAT(
      Run(session, {"--with-secrets", WriteSecrets(session), "-o", "-", "-t", "worker",
                    "--with-docs=false", "--registry-mirror", "docker.io=https://m.example",
                    "--additional-sans", "a.example,10.0.0.9"}),
      IsOk());
  CHECK(session.out().starts_with("version: v1alpha1\n"));
  CHECK(session.out().contains("certSANs:\n        - a.example\n        - 10.0.0.9\n"));
  CHECK(session.out().contains("kind: RegistryMirrorConfig\n"));
  CHECK(session.err().empty());
}

TEST_CASE("gen config: mistakes are told before anything is written") {
  struct Mistake {
    Words words;
    std::string message;
  };
  const auto mistake = GENERATE(
      Mistake{.words = {"-o", "-"},
              .message = "standard output is for one file: choose it with --output-types"},
      Mistake{
          .words = {"-t", "workers"},
          .message =
              R"(--output-types: "workers" is none of controlplane, worker, talosconfig (did you mean "worker"?))"},
      Mistake{
          .words = {"--registry-mirror", "docker.io"},
          .message =
              "--registry-mirror: \"docker.io\" is not like docker.io=https://mirror.example.org"},
      Mistake{.words = {"--talos-version", "v1.15"},
              .message = "\"v1.15\" is later than v1.14, the last version known here"},
      Mistake{.words = {"--version", "v2"},
              .message = "--version: \"v2\" is none: there is v1alpha1"});
  TestSession session;
  Words words = {"-o", session.PathOf("out")};
  words.insert(words.end(), mistake.words.begin(), mistake.words.end());
  CHECK_THAT(Run(session, words), StatusIs(absl::StatusCode::kInvalidArgument, mistake.message));
  CHECK_FALSE(session.Exists("out"));
}

TEST_CASE("gen config: comments say what fields mean, and show others, unless nobody wants it") {
  TestSession session;
  const Words words = {"--with-secrets", WriteSecrets(session), "-o", "-", "-t", "worker"};
  constexpr std::string_view kExample = "#         net.ipv4.ip_forward: \"1\"";
  REQUIRE_THAT(Run(session, words), IsOk());
  CHECK(session.out().contains(kExample));
  Words plain = words;
  plain.insert(plain.end(), {"--with-docs=false"});
  REQUIRE_THAT(Run(session, plain), IsOk());
  CHECK(session.out().contains(kExample));
  plain.emplace_back("--with-examples=false");
  REQUIRE_THAT(Run(session, plain), IsOk());
  CHECK_FALSE(session.out().contains("# "));
}

TEST_CASE("gen config: secrets that an old version cannot use are refused") {
  TestSession session;
  const std::string path = WriteSecrets(session);
  CHECK_THAT(
      Run(session, {"--with-secrets", path, "-o", "-", "-t", "worker", "--talos-version", "v1.2"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               path +
                   ": secrets.aescbcencryptionsecret is missing, which v1.2 needs: `ichorctl gen "
                   "secrets --talos-version v1.2` makes one"));
}

TEST_CASE("gen config: what is missing in the secrets is told with their file") {
  TestSession session;
  session.Write("secrets.yaml", "cluster: {id: x}\n");
  const absl::Status status =
      Run(session, {"--with-secrets", session.PathOf("secrets.yaml"), "-o", "-", "-t", "worker"});
  CHECK(status.message().starts_with(session.PathOf("secrets.yaml") +
                                     ": cluster.secret is missing\n"));
}

}  // namespace ichor::ctl
