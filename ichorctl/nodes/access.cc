#include "ichorctl/nodes/access.h"

#include <format>

#include "absl/strings/escaping.h"
#include "lib/base/status.h"
#include "lib/pki/certificate.h"
#include "lib/pki/cluster/client_config.h"

namespace ichor::ctl {
namespace {

constexpr const char* kNoNodes =
    "nodes are not set for the command: please use `--nodes` flag or configuration file to set the "
    "nodes to run the command against";

absl::StatusOr<std::string> Decoded(std::string_view context, std::string_view key,
                                    const std::string& text) {
  std::string pem;
  if (!absl::Base64Unescape(text, &pem)) {
    return absl::InvalidArgumentError(
        std::format("context \"{}\": {}: expected base64", context, key));
  }
  return pem;
}

absl::StatusOr<Access> Insecure(const NodeFlags& flags) {
  if (flags.nodes.empty()) {
    return absl::InvalidArgumentError(
        "--insecure asks nodes directly: name them with --nodes, as addresses or host names");
  }
  Access access{.insecure = true, .endpoints = flags.nodes, .nodes = flags.nodes};
  access.tls.trust =
      flags.fingerprints.empty() ? rpc::TlsTrust::kAnybody : rpc::TlsTrust::kFingerprint;
  access.tls.fingerprints = flags.fingerprints;
  return access;
}

absl::Status AddCertificates(const pki::ClientContext& context, Access& access) {
  if (context.ca.empty()) {
    return absl::InvalidArgumentError(std::format(
        "context \"{}\": there is no CA (ca), so no node could be told from another machine",
        access.context));
  }
  ASSIGN_OR_RETURN(access.tls.cas_pem, Decoded(access.context, "ca", context.ca));
  if (context.certificate.empty()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(access.tls.certificate_pem, Decoded(access.context, "crt", context.certificate));
  ASSIGN_OR_RETURN(access.tls.key_pem,
                   Decoded(access.context, "key", std::string(context.key.text())));
  const absl::StatusOr<pki::Certificate> certificate =
      pki::Certificate::FromPem(access.tls.certificate_pem);
  RETURN_IF_ERROR(
      base::Annotate(certificate.status(), std::format("context \"{}\": crt", access.context)));
  access.roles = rpc::Roles(certificate->Organizations());
  access.certificate_ends = certificate->NotAfter();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Access> AccessOf(Session& session, const NodeFlags& flags) {
  if (flags.insecure) {
    return Insecure(flags);
  }
  if (!flags.fingerprints.empty()) {
    return absl::InvalidArgumentError("--cert-fingerprint goes with --insecure");
  }
  ASSIGN_OR_RETURN(const pki::ClientConfig config, LoadClientConfig(session, *flags.client));
  ASSIGN_OR_RETURN(const pki::ClientContext* const context,
                   pki::FindContext(config, flags.client->context));
  Access access{.context = flags.client->context.empty() ? config.current : flags.client->context,
                .endpoints = flags.endpoints.empty() ? context->endpoints : flags.endpoints,
                .nodes = flags.nodes.empty() ? context->nodes : flags.nodes,
                .cluster = flags.cluster.empty() ? context->cluster : flags.cluster};
  if (access.nodes.empty()) {
    return absl::InvalidArgumentError(kNoNodes);
  }
  if (access.endpoints.empty()) {
    return absl::InvalidArgumentError(std::format(
        "context \"{}\" has no endpoints: give --endpoints, or `ichorctl config endpoint ADDRESS`",
        access.context));
  }
  if (!context->proxy_url.empty() && context->proxy_url != "direct") {
    return absl::UnimplementedError(
        std::format("context \"{}\": proxy-url: ichorctl connects to nodes without a proxy only",
                    access.context));
  }
  RETURN_IF_ERROR(AddCertificates(*context, access));
  return access;
}

rpc::Metadata MetadataOf(const Access& access, const std::string& node) {
  rpc::Metadata metadata = {{"runtime", "Talos"}};
  if (!access.insecure) {
    metadata.emplace_back("node", node);
  }
  if (!access.cluster.empty()) {
    metadata.emplace_back("context", access.cluster);
  }
  return metadata;
}

}  // namespace ichor::ctl
