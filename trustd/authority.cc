#include "trustd/authority.h"

#include <algorithm>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/pki/openssl.h"
#include "trustd/certify.h"

namespace ichor::trustd {
namespace {

// A request is some hundred bytes, and comes alone.
constexpr rpc::ConnectionOptions kLimits = {.max_message_bytes = 64 << 10,
                                            .max_received_bytes = 128 << 10,
                                            .max_streams = 8,
                                            .stream_window_bytes = 65535,
                                            .connection_window_bytes = 65535 * 2};
constexpr std::size_t kMostConnections = 200;

}  // namespace

Authority::Authority(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string address)
    : loop_(loop), clock_(clock), address_(std::move(address)) {
  runtime.Actuate<secrets::TrustdCertificate, secrets::OSRootSecret>(
      "trustd.listen",
      [this](const auto& certificates, const auto& roots) { return Apply(certificates, roots); });
}

absl::Status Authority::Apply(const All<secrets::TrustdCertificate>& certificates,
                              const All<secrets::OSRootSecret>& roots) {
  const auto certificate = certificates.find("trustd");
  const auto root = roots.find("os");
  if (certificate == certificates.end() || root == roots.end()) {
    server_ = nullptr;
    root_.Clear();
    return absl::OkStatus();
  }
  root_ = root->spec();
  rpc::TlsServerOptions options{.certificate_pem = certificate->spec().server().crt(),
                                .key_pem = certificate->spec().server().key(),
                                .client_cas_pem = {}};
  auto context = rpc::NewTlsServerContext(options);
  pki::Wipe(options.key_pem);
  RETURN_IF_ERROR(context.status());
  if (server_ != nullptr) {
    server_->SetContext(*std::move(context));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(server_, rpc::Server::CreateTls(loop_, clock_,
                                                   {.address = address_,
                                                    .context = *std::move(context),
                                                    .max_connections = kMostConnections,
                                                    .connection = kLimits}));
  server_->Handle("/securityapi.SecurityService/Certificate", [this](rpc::Stream& stream) {
    return rpc::UnaryCall(
        stream, [this, &stream](std::string_view request) { return Certificate(stream, request); });
  });
  base::Log(base::Severity::kInfo, "listening on {}", address_);
  return absl::OkStatus();
}

absl::StatusOr<std::uint16_t> Authority::Port() const {
  return server_ == nullptr ? absl::UnavailableError("trustd does not listen") : server_->Port();
}

absl::StatusOr<std::string> Authority::Certificate(const rpc::Stream& stream,
                                                   std::string_view request) const {
  const auto token =
      std::ranges::find(stream.headers(), "token", &rpc::Metadata::value_type::first);
  RETURN_IF_ERROR(CheckToken(token == stream.headers().end() ? "" : token->second, root_));
  securityapi::CertificateRequest asked;
  if (!asked.ParseFromArray(request.data(), static_cast<int>(request.size()))) {
    return absl::InvalidArgumentError("the request cannot be read");
  }
  ASSIGN_OR_RETURN(const securityapi::CertificateResponse response,
                   Certify(asked, root_, clock_.Now()));
  base::Log(base::Severity::kInfo, "gave a certificate to {}", stream.peer().address);
  return response.SerializeAsString();
}

}  // namespace ichor::trustd
