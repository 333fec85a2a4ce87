#include "apid/gateway.h"

#include <google/protobuf/util/message_differencer.h>

#include <optional>
#include <utility>

#include "apid/fan_out.h"
#include "apid/passage.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/pki/openssl.h"
#include "lib/resource/address_text.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::apid {
namespace {

absl::StatusOr<std::shared_ptr<const rpc::TlsContext>> ContextOf(
    const runtime::APIServiceConfig::Spec& config, const secrets::ApiCertificate::Spec& secrets) {
  rpc::TlsServerOptions options{.certificate_pem = secrets.server().crt(),
                                .key_pem = secrets.server().key()};
  if (!config.skip_verifying_client_cert()) {
    for (const auto& ca : secrets.accepted_cas()) {
      options.client_cas_pem += ca.crt();
    }
    if (options.client_cas_pem.empty()) {
      return absl::FailedPreconditionError("no CA to verify clients with");
    }
  }
  absl::StatusOr<std::shared_ptr<const rpc::TlsContext>> context =
      rpc::NewTlsServerContext(options);
  pki::Wipe(options.key_pem);
  return context;
}

// Nothing for a node that speaks for nobody elsewhere: a worker, and one that has no config yet.
std::optional<Credentials> CredentialsOf(const runtime::APIServiceConfig::Spec& config,
                                         const secrets::ApiCertificate::Spec& secrets) {
  if (config.node_routing_disabled() || secrets.client().crt().empty()) {
    return std::nullopt;
  }
  Credentials credentials{.cas_pem = {},
                          .certificate_pem = secrets.client().crt(),
                          .key_pem = pki::Secret(secrets.client().key())};
  for (const auto& ca : secrets.accepted_cas()) {
    credentials.cas_pem += ca.crt();
  }
  return credentials;
}

rpc::Metadata ForMachined(const rpc::Stream& stream, const std::vector<std::string>& roles) {
  rpc::Metadata headers = HeadersForMachined(stream.headers(), roles);
  headers.emplace_back(kPeerHeader, stream.peer().address);
  return headers;
}

}  // namespace

Gateway::Gateway(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string machined_path,
                 const NodesOptions& nodes)
    : loop_(loop),
      runtime_(runtime),
      clock_(clock),
      machined_(loop, std::move(machined_path)),
      nodes_(loop, clock, nodes) {
  runtime_.Actuate<runtime::APIServiceConfig, secrets::ApiCertificate>(
      "apid.listen", [this](const auto& configs, const auto& certificates) {
        return Apply(configs, certificates);
      });
}

absl::Status Gateway::Apply(const All<runtime::APIServiceConfig>& configs,
                            const All<secrets::ApiCertificate>& certificates) {
  const auto config = configs.find("apid");
  const auto secrets = certificates.find("api");
  if (config == configs.end() || secrets == certificates.end()) {
    server_ = nullptr;
    nodes_.SetCredentials(std::nullopt);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const rpc::TlsContext> context,
                   ContextOf(config->spec(), secrets->spec()));
  nodes_.SetCredentials(CredentialsOf(config->spec(), secrets->spec()));
  if (server_ != nullptr &&
      google::protobuf::util::MessageDifferencer::Equals(config_, config->spec())) {
    server_->SetContext(std::move(context));
    return absl::OkStatus();
  }
  server_ = nullptr;  // first: the address may be the same
  config_ = config->spec();
  ASSIGN_OR_RETURN(server_, rpc::Server::CreateTls(loop_, clock_,
                                                   {.address = config_.listen_address(),
                                                    .context = std::move(context)}));
  server_->HandleRest(
      [this](std::string_view path, rpc::Stream& stream) { return NewCall(path, stream); });
  base::Log(base::Severity::kInfo, "listening on {}", config_.listen_address());
  return absl::OkStatus();
}

absl::StatusOr<std::uint16_t> Gateway::Port() const {
  if (server_ == nullptr) {
    return absl::UnavailableError("not listening");
  }
  return server_->Port();
}

std::unique_ptr<rpc::Call> Gateway::NewCall(std::string_view path, rpc::Stream& stream) {
  const rpc::Roles roles = RolesOf(stream);
  if (!rpc::MayCall(path, roles)) {
    stream.Finish(absl::PermissionDeniedError("not authorized"));
    return nullptr;
  }
  const Whereabouts here{.own = NamesNodes(stream.headers()) ? OwnNames() : std::set<std::string>(),
                         .forwards = nodes_.forwards()};
  const absl::StatusOr<Route> route = ChooseRoute(path, stream.headers(), here);
  if (!route.ok()) {
    stream.Finish(route.status());
    return nullptr;
  }
  if (route->kind == Route::Kind::kMany) {
    return NewFanOut(path, *route, here, roles.Names(), stream);
  }
  if (route->kind == Route::Kind::kHere) {
    return PassOn(budget_, machined_, std::string(path), ForMachined(stream, roles.Names()),
                  stream);
  }
  const absl::StatusOr<Hop*> node = nodes_.To(route->targets.front());
  if (!node.ok()) {
    stream.Finish(node.status());
    return nullptr;
  }
  return PassOn(budget_, **node, std::string(path),
                HeadersForNode(stream.headers(), roles.Names(), stream.authority()), stream);
}

std::unique_ptr<rpc::Call> Gateway::NewFanOut(std::string_view path, const Route& route,
                                              const Whereabouts& here,
                                              const std::vector<std::string>& roles,
                                              rpc::Stream& stream) {
  std::vector<Branch> branches;
  branches.reserve(route.targets.size());
  for (const std::string& target : route.targets) {
    if (here.own.contains(target)) {
      branches.push_back({.name = target,
                          .find_hop = [this]() -> absl::StatusOr<Hop*> { return &machined_; },
                          .metadata = ForMachined(stream, roles)});
    } else {
      branches.push_back({.name = target,
                          .find_hop = [this, target] { return nodes_.To(target); },
                          .metadata = HeadersForNode(stream.headers(), roles, stream.authority())});
    }
  }
  return FanOut(budget_, std::string(path), IsStreaming(path), std::move(branches), stream);
}

// What the certificate says, or os:reader in maintenance mode. An impersonator speaks for others.
rpc::Roles Gateway::RolesOf(const rpc::Stream& stream) const {
  if (config_.readonly_role_mode()) {
    return rpc::Roles({"os:reader"});
  }
  const rpc::Roles own(stream.peer().organizations);
  std::vector<std::string> others;
  if (own.Contains("os:impersonator")) {
    for (const auto& [name, value] : stream.headers()) {
      if (name == "talos-role") {
        others.push_back(value);
      }
    }
  }
  return others.empty() ? own : rpc::Roles(others);
}

std::set<std::string> Gateway::OwnNames() {
  std::set<std::string> names = {"127.0.0.1", "::1", "localhost"};
  const All<network::NodeAddress> addresses = runtime_.Read<network::NodeAddress>();
  if (const auto row = addresses.find("current"); row != addresses.end()) {
    for (const auto& prefix : row->spec().addresses()) {
      common::NetIP address;
      address.set_ip(prefix.ip());
      names.insert(ToText(address));
    }
  }
  for (const auto& row : runtime_.Read<network::HostnameStatus>()) {
    names.insert(row.spec().hostname());
    names.insert(row.spec().hostname() + "." + row.spec().domainname());
  }
  return names;
}

}  // namespace ichor::apid
