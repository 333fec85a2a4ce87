// `ichorctl gen secrets`
#include "lib/pki/cluster/secrets.h"

#include <format>
#include <string>
#include <utility>
#include <vector>

#include "ichorctl/files/files.h"
#include "ichorctl/gen/from_config.h"
#include "ichorctl/gen/parts.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/pki/cluster/secrets_validation.h"

namespace ichor::ctl {
namespace {

struct Options {
  std::string output = "secrets.yaml";
  std::string control_plane;
  std::string kubernetes_pki;
  std::string bootstrap_token;
  std::string version;
};

absl::Status TakePair(Session& session, const std::string& stem, pki::PemPair& pair) {
  ASSIGN_OR_RETURN(pair.certificate, ReadInput(session, stem + ".crt"));
  ASSIGN_OR_RETURN(std::string key, ReadInput(session, stem + ".key"));
  pair.key = pki::Secret(key);
  pki::Wipe(key);
  return absl::OkStatus();
}

// Replaces what a cluster that kubeadm made already has.
absl::Status TakeKubernetesPki(Session& session, const std::string& directory,
                               pki::ClusterSecrets& secrets) {
  RETURN_IF_ERROR(TakePair(session, directory + "/ca", secrets.kubernetes));
  RETURN_IF_ERROR(TakePair(session, directory + "/etcd/ca", secrets.etcd));
  RETURN_IF_ERROR(TakePair(session, directory + "/front-proxy-ca", secrets.aggregator));
  ASSIGN_OR_RETURN(std::string account, ReadInput(session, directory + "/sa.key"));
  secrets.service_account_key = pki::Secret(account);
  pki::Wipe(account);
  return absl::OkStatus();
}

absl::Status CheckComplete(const pki::ClusterSecrets& secrets) {
  std::string all;
  for (const std::string& problem : pki::ProblemsOf(secrets)) {
    all += (all.empty() ? "" : "\n") + problem;
  }
  return all.empty() ? absl::OkStatus() : absl::InvalidArgumentError(all);
}

absl::StatusOr<pki::ClusterSecrets> FromControlPlane(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, path));
  ASSIGN_OR_RETURN(const config::Config config, config::Load(path, std::move(text)));
  absl::StatusOr<pki::ClusterSecrets> secrets = SecretsOf(config);
  return secrets.ok() ? std::move(secrets) : base::Annotate(secrets.status(), path);
}

absl::StatusOr<pki::ClusterSecrets> NewOrTaken(const Options& options, Session& session) {
  if (!options.control_plane.empty()) {
    return FromControlPlane(session, options.control_plane);
  }
  ASSIGN_OR_RETURN(const pki::Contract contract, pki::ContractOf(options.version));
  ASSIGN_OR_RETURN(pki::ClusterSecrets secrets,
                   pki::NewClusterSecrets(session.clock.Now(), contract));
  if (!options.kubernetes_pki.empty()) {
    RETURN_IF_ERROR(TakeKubernetesPki(session, options.kubernetes_pki, secrets));
  }
  if (!options.bootstrap_token.empty()) {
    secrets.bootstrap_token = pki::Secret(options.bootstrap_token);
  }
  return secrets;
}

absl::Status Run(const Options& options, bool force, Session& session) {
  RETURN_IF_ERROR(CheckOutput(options.output, force));
  ASSIGN_OR_RETURN(const pki::ClusterSecrets secrets, NewOrTaken(options, session));
  RETURN_IF_ERROR(CheckComplete(secrets));
  return WriteFiles(session, {{.path = options.output, .contents = pki::ToYaml(secrets).text()}},
                    force);
}

}  // namespace

Command SecretsCommand(const Force& force) {
  const auto options = std::make_shared<Options>();
  return {
      .name = "secrets",
      .summary = "Makes the secrets of a new cluster",
      .description =
          "Everything that the configs of one cluster have in common: its CAs, tokens and keys. "
          "Whoever has the file owns the cluster; without it no further config can be made.",
      .examples = {{.about = "to secrets.yaml, for its owner alone",
                    .line = "ichorctl gen secrets"},
                   {.about = "straight into a password store",
                    .line = "ichorctl gen secrets -o - | pass insert -m cluster"}},
      .flags = {{.name = "output-file",
                 .letter = 'o',
                 .value = "FILE",
                 .help = "where they go; - is standard output",
                 .target = &options->output,
                 .completes = Completes::kFile},
                {.name = "output",
                 .value = "FILE",
                 .help = "the same",
                 .target = &options->output,
                 .completes = Completes::kFile,
                 .hidden = true},
                {.name = "from-controlplane-config",
                 .value = "FILE",
                 .help = "takes all of them from the config of a control plane's machine",
                 .target = &options->control_plane,
                 .completes = Completes::kFile},
                {.name = "from-kubernetes-pki",
                 .letter = 'p',
                 .value = "DIRECTORY",
                 .help = "takes CAs and keys of Kubernetes and etcd from there, as kubeadm lays "
                         "them out in /etc/kubernetes/pki",
                 .target = &options->kubernetes_pki,
                 .completes = Completes::kDirectory},
                {.name = "kubernetes-bootstrap-token",
                 .letter = 't',
                 .value = "TOKEN",
                 .help = "the token nodes join Kubernetes with, instead of a new one",
                 .target = &options->bootstrap_token},
                {.name = "talos-version",
                 .value = "VERSION",
                 .help = "for configs of an older version, such as v1.6",
                 .target = &options->version}},
      .run = [options, force](Session& session, const auto& /*arguments*/) {
        return Run(*options, *force, session);
      }};
}

}  // namespace ichor::ctl
