#include "lib/rpc/tls_problem.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>

namespace ichor::rpc {
namespace {

using Kind = TlsProblem::Kind;

std::string CommonNameOf(X509* certificate) {
  std::array<char, 256> name{};
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                             name.data(), name.size());
  return size > 0 ? std::string(name.data(), static_cast<size_t>(size)) : "";
}

Kind KindOfVerification(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Kind::kExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Kind::kNotYetValid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Kind::kOtherName;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return Kind::kUntrusted;
    default:
      return Kind::kOther;
  }
}

Kind KindOfError(unsigned long code) {
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) {
    return Kind::kOther;
  }
  switch (ERR_GET_REASON(code)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST:
      return Kind::kNoTls;
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return Kind::kOursMissing;
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return Kind::kOursUntrusted;
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return Kind::kOursExpired;
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
      return Kind::kOursRefused;
    default:
      return Kind::kOther;
  }
}

}  // namespace

TlsProblem ProblemOfVerification(int error, const pki::Certificate& certificate) {
  return {.kind = KindOfVerification(error),
          .common_name = CommonNameOf(certificate.get()),
          .not_before = certificate.NotBefore(),
          .not_after = certificate.NotAfter(),
          .fingerprint = certificate.Fingerprint()};
}

TlsProblem ProblemOfError(unsigned long code) {
  return {.kind = KindOfError(code)};
}

}  // namespace ichor::rpc
