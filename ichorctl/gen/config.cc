// `ichorctl gen config`
#include <algorithm>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ichorctl/files/files.h"
#include "ichorctl/gen/parts.h"
#include "ichorctl/gen/patches.h"
#include "ichorctl/generate/generate.h"
#include "lib/base/status.h"
#include "lib/config/encode.h"
#include "lib/config/kubernetes_version.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/pki/cluster/secrets_validation.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view kControlPlane = "controlplane";
constexpr std::string_view kWorker = "worker";
constexpr std::string_view kClient = "talosconfig";

struct Options {
  std::string secrets;
  std::string output;
  std::vector<std::string> types = {std::string(kControlPlane), std::string(kWorker),
                                    std::string(kClient)};
  std::string version;
  std::string form = "v1alpha1";
  std::string kubernetes_version{config::kDefaultKubernetesVersion};
  std::string dns_domain = "cluster.local";
  std::vector<std::string> sans;
  std::vector<std::string> endpoints;
  std::vector<std::string> mirrors;
  std::string install_disk = "/dev/sda";
  std::string install_image = DefaultInstallImage();
  std::vector<std::string> patches;
  std::vector<std::string> control_plane_patches;
  std::vector<std::string> worker_patches;
  bool discovery = true;
  bool kubespan = false;
  bool no_migrate = false;
  bool docs = true;
  bool examples = true;
};

absl::StatusOr<pki::ClusterSecrets> SecretsFor(const Options& options,
                                               const pki::Contract& contract, Session& session) {
  if (options.secrets.empty()) {
    return pki::NewClusterSecrets(session.clock.Now(), contract);
  }
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, options.secrets));
  absl::StatusOr<pki::ClusterSecrets> secrets = pki::ClusterSecretsFromYaml(text);
  pki::Wipe(text);
  RETURN_IF_ERROR(base::Annotate(secrets.status(), options.secrets));
  std::string all;
  for (const std::string& problem : pki::ProblemsOf(*secrets)) {
    all += std::format("{}{}: {}", all.empty() ? "" : "\n", options.secrets, problem);
  }
  if (!all.empty()) {
    return absl::InvalidArgumentError(all);
  }
  constexpr int kFirstWithSecretbox = 3;
  if (!contract.Has(kFirstWithSecretbox) && secrets->aescbc_key.empty()) {
    return absl::InvalidArgumentError(std::format(
        "{}: secrets.aescbcencryptionsecret is missing, which v1.{} needs: `ichorctl gen secrets "
        "--talos-version v1.{}` makes one",
        options.secrets, contract.minor, contract.minor));
  }
  return secrets;
}

absl::StatusOr<std::vector<Mirror>> MirrorsOf(const std::vector<std::string>& texts) {
  std::vector<Mirror> mirrors;
  for (const std::string& text : texts) {
    const size_t sign = text.find('=');
    if (sign == 0 || sign == std::string::npos || HostOf(text.substr(sign + 1)).empty()) {
      return absl::InvalidArgumentError(std::format(
          "--registry-mirror: \"{}\" is not like docker.io=https://mirror.example.org", text));
    }
    mirrors.push_back({.registry = text.substr(0, sign), .endpoint = text.substr(sign + 1)});
  }
  return mirrors;
}

absl::StatusOr<Input> InputOf(const Options& options, const std::vector<std::string>& arguments,
                              Session& session) {
  RETURN_IF_ERROR(CheckEndpoint(arguments[1]));
  ASSIGN_OR_RETURN(const pki::Contract contract, pki::ContractOf(options.version));
  ASSIGN_OR_RETURN(std::vector<Mirror> mirrors, MirrorsOf(options.mirrors));
  ASSIGN_OR_RETURN(pki::ClusterSecrets secrets, SecretsFor(options, contract, session));
  const std::string& kubernetes = options.kubernetes_version;
  return Input{.cluster_name = arguments[0],
               .endpoint = arguments[1],
               .secrets = std::move(secrets),
               .contract = contract,
               .kubernetes_version = kubernetes.substr(kubernetes.starts_with('v') ? 1 : 0),
               .dns_domain = options.dns_domain,
               .additional_sans = options.sans,
               .install_disk = options.install_disk,
               .install_image = options.install_image,
               .mirrors = std::move(mirrors),
               .discovery = options.discovery,
               .kubespan = options.kubespan};
}

// The same documents as they are written everywhere: every key that always is, with the comments
// that the options want.
absl::StatusOr<config::Config> Written(const config::Config& config,
                                       const config::EncodeOptions& options) {
  std::string text;
  for (const config::Document& document : config.documents()) {
    text += (text.empty() ? "" : "---\n") + config::Encode(*document.message, options);
  }
  absl::StatusOr<config::Config> written = config::Load(config.file(), text);
  pki::Wipe(text);
  return written;
}

// An error of a patch, with what a person can do who needs a field that only the older form has.
absl::Status WithOlderForm(const absl::Status& error) {
  constexpr std::string_view kOnlyOlder = "has no equivalent in the current form";
  const std::string message(base::MessageOf(error));
  return message.contains(kOnlyOlder)
             ? absl::Status(error.code(),
                            message + "; --talos-version v1.11 makes a config of the older form")
             : error;
}

// The config of one type of machines, patched.
absl::StatusOr<std::string> ConfigOf(const Input& input, MachineType type, const Options& options,
                                     Patcher& patcher, Session& session) {
  ASSIGN_OR_RETURN(const config::Config made,
                   config::Load("generated", GenerateConfig(input, type).text()));
  ASSIGN_OR_RETURN(const config::Config written,
                   Written(made, {.docs = options.docs, .examples = options.examples}));
  std::vector<std::string> names = options.patches;
  std::ranges::copy(
      type == MachineType::kControlPlane ? options.control_plane_patches : options.worker_patches,
      std::back_inserter(names));
  ASSIGN_OR_RETURN(const std::vector<config::Patch> patches, ReadPatches(session, names));
  const absl::StatusOr<config::Config> patched =
      patcher.Apply(written, patches, !options.no_migrate);
  return patched.ok() ? absl::StatusOr<std::string>(patched->text())
                      : WithOlderForm(patched.status());
}

absl::StatusOr<std::string> ClientConfigOf(const Input& input, const Options& options,
                                           Session& session) {
  ASSIGN_OR_RETURN(const pki::Identity ca,
                   pki::IdentityFromPem(input.secrets.os.certificate, input.secrets.os.key.text()));
  ASSIGN_OR_RETURN(const pki::Identity admin,
                   pki::NewClient(ca, {std::string(pki::kAdminRole)}, session.clock.Now()));
  pki::ClientConfig client{.current = input.cluster_name};
  client.contexts.emplace(input.cluster_name,
                          pki::NewClientContext(ca.certificate, admin, options.endpoints));
  return pki::ToYaml(client).text();
}

// Where the file of a type goes: into a directory, unless one file alone has a name of its own.
std::string PathOf(const Options& options, const std::string& type) {
  std::error_code error;
  const bool named = options.types.size() == 1 && !options.output.empty() &&
                     !std::filesystem::is_directory(options.output, error);
  if (named) {
    return options.output;
  }
  const std::string name = type == kClient ? type : type + ".yaml";
  return (std::filesystem::path(options.output) / name).string();
}

absl::Status CheckOptions(const Options& options) {
  if (options.form != "v1alpha1") {
    return absl::InvalidArgumentError(
        std::format("--version: \"{}\" is none: there is v1alpha1", options.form));
  }
  if (options.output == "-" && options.types.size() > 1) {
    return absl::InvalidArgumentError(
        "standard output is for one file: choose it with --output-types");
  }
  if (options.types.empty()) {
    return absl::InvalidArgumentError("--output-types: nothing to make");
  }
  return absl::OkStatus();
}

absl::Status Run(const Options& options, bool force, const std::vector<std::string>& arguments,
                 Session& session) {
  RETURN_IF_ERROR(CheckOptions(options));
  for (const std::string& type : options.types) {
    RETURN_IF_ERROR(CheckOutput(PathOf(options, type), force));
  }
  ASSIGN_OR_RETURN(const Input input, InputOf(options, arguments, session));
  Patcher patcher(session);
  std::vector<OutputFile> files;
  for (const std::string& type : options.types) {
    std::string contents;
    if (type == kClient) {
      ASSIGN_OR_RETURN(contents, ClientConfigOf(input, options, session));
    } else {
      const MachineType machine =
          type == kControlPlane ? MachineType::kControlPlane : MachineType::kWorker;
      ASSIGN_OR_RETURN(contents, ConfigOf(input, machine, options, patcher, session));
    }
    files.push_back({.path = PathOf(options, type), .contents = std::move(contents)});
  }
  return WriteFiles(session, files, force);
}

std::vector<Flag> ClusterFlags(Options& options) {
  return {{.name = "with-secrets",
           .value = "FILE",
           .help = "the cluster's secrets (gen secrets); without it they are new",
           .target = &options.secrets,
           .completes = Completes::kFile},
          {.name = "endpoints",
           .value = "ADDRESS,…",
           .help = "the control plane's nodes, for talosconfig: nothing has to be edited then",
           .target = &options.endpoints,
           .split = true},
          {.name = "additional-sans",
           .value = "NAME,…",
           .help = "further names and addresses of the API",
           .target = &options.sans,
           .split = true},
          {.name = "dns-domain",
           .value = "DOMAIN",
           .help = "of Kubernetes' services",
           .target = &options.dns_domain},
          {.name = "kubernetes-version",
           .value = "VERSION",
           .help = "of Kubernetes",
           .target = &options.kubernetes_version},
          {.name = "talos-version",
           .value = "VERSION",
           .help = "writes for an older version of the language, such as v1.11",
           .target = &options.version},
          {.name = "with-cluster-discovery",
           .help = "members find each other through the discovery service",
           .target = &options.discovery},
          {.name = "with-kubespan",
           .help = "members are connected by WireGuard",
           .target = &options.kubespan}};
}

std::vector<Flag> MachineFlags(Options& options) {
  return {{.name = "install-disk",
           .value = "DEVICE",
           .help = "the disk to install to; empty: none",
           .target = &options.install_disk},
          {.name = "install-image",
           .value = "IMAGE",
           .help = "what is installed; a node of Ichor installs itself and pulls nothing",
           .target = &options.install_image},
          {.name = "registry-mirror",
           .value = "REGISTRY=URL,…",
           .help = "pulls images of a registry from elsewhere",
           .target = &options.mirrors,
           .split = true},
          {.name = "config-patch",
           .value = "PATCH",
           .help = "changes every config: @FILE or the patch itself",
           .target = &options.patches,
           .completes = Completes::kFile},
          {.name = "config-patch-control-plane",
           .value = "PATCH",
           .help = "changes the control plane's config",
           .target = &options.control_plane_patches,
           .completes = Completes::kFile},
          {.name = "config-patch-worker",
           .value = "PATCH",
           .help = "changes the workers' config",
           .target = &options.worker_patches,
           .completes = Completes::kFile},
          NoMigrateFlag(options.no_migrate)};
}

std::vector<Flag> OutputFlags(Options& options) {
  return {
      {.name = "output",
       .letter = 'o',
       .value = "PATH",
       .help = "a directory, or the file if there is one type; - is standard output",
       .target = &options.output,
       .completes = Completes::kFile},
      {.name = "output-types",
       .letter = 't',
       .value = "TYPE,…",
       .help = "what is made",
       .target = &options.types,
       .words = {std::string(kControlPlane), std::string(kWorker), std::string(kClient)},
       .split = true},
      {.name = "version",
       .value = "FORM",
       .help = "the first document's form",
       .target = &options.form,
       .hidden = true},
      {.name = "with-docs", .help = "says above each field what it means", .target = &options.docs},
      {.name = "with-examples",
       .help = "shows keys that are not set, in comments",
       .target = &options.examples}};
}

}  // namespace

Command ConfigsCommand(const Force& force) {
  const auto options = std::make_shared<Options>();
  Command command{
      .name = "config",
      .summary = "Makes the configs of a cluster's machines, and its client's",
      .description =
          "Writes controlplane.yaml, worker.yaml and talosconfig, for their owner alone.",
      .examples = {{.about = "a cluster",
                    .line = "ichorctl gen config home https://api.example.org:6443 --with-secrets "
                            "secrets.yaml --endpoints 10.0.0.2"},
                   {.about = "one machine's config, patched",
                    .line =
                        "ichorctl gen config home https://api.example.org:6443 -t controlplane "
                        "-o n1.yaml --with-secrets secrets.yaml --config-patch @n1-patch.yaml"}},
      .arguments = {{.name = "CLUSTER", .help = "the cluster's name"},
                    {.name = "ENDPOINT",
                     .help = "where the Kubernetes API will be, as https://host:port"}},
      .run = [options, force](Session& session, const std::vector<std::string>& arguments) {
        return Run(*options, *force, arguments, session);
      }};
  for (auto* const make : {ClusterFlags, MachineFlags, OutputFlags}) {
    std::ranges::move(make(*options), std::back_inserter(command.flags));
  }
  return command;
}

}  // namespace ichor::ctl
