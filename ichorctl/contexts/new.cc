// `ichorctl config new`: a client's file for somebody else.
#include <chrono>
#include <format>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/duration.pb.h"
#include "ichorctl/contexts/parts.h"
#include "ichorctl/files/files.h"
#include "ichorctl/nodes/nodes.h"
#include "lib/base/status.h"
#include "lib/pki/cluster/secrets.h"
#include "lib/resource/time_text.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

constexpr const char* kMethod = "/machine.MachineService/GenerateClientConfiguration";

struct Options {
  std::string secrets;
  std::string lifetime = "8760h0m0s";
  std::vector<std::string> roles = {"os:admin"};
  bool force = false;
};

absl::StatusOr<google::protobuf::Duration> ReadLifetime(const std::string& text) {
  const std::optional<google::protobuf::Duration> duration = ParseDuration(text);
  if (!duration || duration->seconds() <= 0) {
    return absl::InvalidArgumentError(
        std::format("--crt-ttl: \"{}\" is no duration, such as 24h or 8760h", text));
  }
  return *duration;
}

// Where the context of `flags` reaches the API; nothing without one.
std::vector<std::string> EndpointsOf(const pki::ClientConfig& config, const ClientFlags& flags) {
  const absl::StatusOr<const pki::ClientContext*> current = pki::FindContext(config, flags.context);
  return current.ok() ? (*current)->endpoints : std::vector<std::string>();
}

// With the CA of a file of secrets, and without any node.
absl::StatusOr<pki::ClientConfig> SignHere(Session& session, const ClientFlags& flags,
                                           const Options& options,
                                           const google::protobuf::Duration& lifetime) {
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, options.secrets));
  const absl::StatusOr<pki::ClusterSecrets> secrets = pki::ClusterSecretsFromYaml(text);
  pki::Wipe(text);
  RETURN_IF_ERROR(base::Annotate(secrets.status(), options.secrets));
  const absl::StatusOr<pki::Identity> ca =
      pki::IdentityFromPem(secrets->os.certificate, secrets->os.key.text());
  RETURN_IF_ERROR(base::Annotate(ca.status(), options.secrets + ": certs.os"));
  ASSIGN_OR_RETURN(const pki::ClientConfig config, LoadClientConfig(session, flags));
  const std::string name = !flags.context.empty()   ? flags.context
                           : config.current.empty() ? "default"
                                                    : config.current;
  ASSIGN_OR_RETURN(const pki::Identity client,
                   pki::NewClient(*ca, options.roles, session.clock.Now(),
                                  std::chrono::seconds(lifetime.seconds())));
  pki::ClientConfig made{.current = name};
  made.contexts.emplace(name,
                        pki::NewClientContext(ca->certificate, client, EndpointsOf(config, flags)));
  return made;
}

// By a node of the control plane, which does not know where its API is reached.
absl::StatusOr<pki::ClientConfig> LetNodeSign(Session& session, const NodeFlags& flags,
                                              const Options& options,
                                              const google::protobuf::Duration& lifetime) {
  machine::GenerateClientConfigurationRequest request;
  std::vector<std::string> roles = options.roles;
  std::ranges::sort(roles);
  request.mutable_roles()->Assign(roles.begin(), roles.end());
  *request.mutable_crt_ttl() = lifetime;
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("new"));
  pki::ClientConfig made;
  RETURN_IF_ERROR(AskAll<machine::GenerateClientConfigurationResponse>(
      *nodes, kMethod, request,
      [&](const std::string&,
          const machine::GenerateClientConfigurationResponse& reply) -> absl::Status {
        if (reply.messages_size() != 1) {
          return absl::InternalError("the reply has no client's file");
        }
        ASSIGN_OR_RETURN(made, pki::ClientConfigFromYaml(reply.messages(0).talosconfig()));
        return absl::OkStatus();
      }));
  ASSIGN_OR_RETURN(const pki::ClientConfig config, LoadClientConfig(session, *flags.client));
  ASSIGN_OR_RETURN(pki::ClientContext* const context, pki::FindContext(made, ""));
  context->endpoints = EndpointsOf(config, *flags.client);
  return made;
}

absl::Status New(const NodeFlags& flags, const Options& options, const std::string& path,
                 Session& session) {
  ASSIGN_OR_RETURN(const google::protobuf::Duration lifetime, ReadLifetime(options.lifetime));
  if (path != "-") {
    RETURN_IF_ERROR(CheckOutput(path, options.force));
  }
  ASSIGN_OR_RETURN(const pki::ClientConfig made,
                   options.secrets.empty() ? LetNodeSign(session, flags, options, lifetime)
                                           : SignHere(session, *flags.client, options, lifetime));
  return WriteOutput(session, path, pki::ToYaml(made).text(),
                     {.mode = 0600, .force = options.force});
}

}  // namespace

Command NewCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {
      .name = "new",
      .summary = "Makes a client's file for somebody else",
      .description =
          "A node of the control plane signs, or with --with-secrets the CA in a file "
          "of secrets. Endpoints are those of the context.",
      .examples = {{.about = "for somebody who may only read, for a day",
                    .line = "ichorctl config new reader.yaml --roles os:reader --crt-ttl 24h"},
                   {.about = "when no certificate is valid any more",
                    .line = "ichorctl config new admin.yaml --with-secrets secrets.yaml"}},
      .flags = WithNodeFlags(flags, Maintenance::kNo,
                             {{.name = "with-secrets",
                               .value = "FILE",
                               .help = "the cluster's secrets, whose CA signs instead of a node",
                               .target = &options->secrets,
                               .completes = Completes::kFile},
                              {.name = "roles",
                               .value = "ROLE,…",
                               .help = "what its owner may do",
                               .target = &options->roles,
                               .split = true},
                              {.name = "crt-ttl",
                               .value = "DURATION",
                               .help = "how long it is valid",
                               .target = &options->lifetime},
                              {.name = "force",
                               .letter = 'f',
                               .help = "replaces a file that is there",
                               .target = &options->force}}),
      .arguments = {{.name = "FILE",
                     .help = "where it goes; without it, or -, standard output",
                     .required = false,
                     .completes = Completes::kFile}},
      .run = [flags, options](Session& session, const std::vector<std::string>& arguments) {
        return New(*flags, *options, arguments.empty() ? "-" : arguments.front(), session);
      }};
}

}  // namespace ichor::ctl
