// OpenSSL's objects with owners, and its errors as statuses.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ichor::pki {

// Frees an object with OpenSSL's function for its type.
struct OpensslDelete {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
  void operator()(X509_EXTENSIONS* all) const {
    sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
  }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(GENERAL_NAME* name) const { GENERAL_NAME_free(name); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(EXTENDED_KEY_USAGE* usage) const { EXTENDED_KEY_USAGE_free(usage); }
  void operator()(PKCS7* message) const { PKCS7_free(message); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
  void operator()(PKCS8_PRIV_KEY_INFO* key) const { PKCS8_PRIV_KEY_INFO_free(key); }
};
template <class T>
using OpensslPtr = std::unique_ptr<T, OpensslDelete>;

// What this thread's OpenSSL said last, as an error "<what>: <reason>"; forgets the rest of what it
// said.
absl::Status OpensslError(absl::StatusCode code, std::string_view what);

// A source of `bytes`, which must outlive it.
OpensslPtr<BIO> ReadFrom(std::string_view bytes);

// What was written to a memory BIO. Freeing the BIO overwrites its copy.
std::string Written(BIO* bio);

// Overwrites `secret` before emptying it.
void Wipe(std::string& secret);

}  // namespace ichor::pki
