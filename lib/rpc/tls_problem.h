// Why two peers that speak TLS do not come together, in a form that a program can act on.
#pragma once

#include <cstdint>
#include <string>

#include "lib/base/clock.h"
#include "lib/pki/certificate.h"

namespace ichor::rpc {

struct TlsProblem {
  enum class Kind : std::uint8_t {
    kOther,
    kNoTls,             // the peer speaks something else
    kUntrusted,         // no CA that we trust signed the peer's certificate
    kExpired,           // the peer's certificate, by our clock
    kNotYetValid,       // the same
    kOtherName,         // the peer's certificate is for other names
    kOtherFingerprint,  // the peer's key is not the one that was expected
    kOursMissing,       // the peer asks for a certificate, and we have none
    kOursUntrusted,     // the peer does not know the CA of our certificate
    kOursExpired,       // the peer takes our certificate for expired
    kOursRefused,       // the peer does not like our certificate for another reason
  };

  Kind kind = Kind::kOther;
  // Of the peer's certificate, if it is what the matter is about.
  std::string common_name{};
  base::WallTime not_before{};
  base::WallTime not_after{};
  std::string fingerprint{};  // as pki::Certificate::Fingerprint
};

// What X509_verify_cert(3) says with `error` about the peer's `certificate`.
TlsProblem ProblemOfVerification(int error, const pki::Certificate& certificate);

// What `code`, an error of OpenSSL's queue, says: an alert of the peer, mostly.
TlsProblem ProblemOfError(unsigned long code);

}  // namespace ichor::rpc
