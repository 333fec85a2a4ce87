// Keys and certificates in documents, in PEM.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/validate/checker.h"

namespace ichor::config {

// An error unless the text has certificates, and nothing that looks like one and is none.
void CheckCertificates(Checker& checker, std::string_view path, const std::string& pem);

// An error unless the text begins with a private key without a password.
void CheckPrivateKey(Checker& checker, std::string_view path, const std::string& pem);

// Both of "<path>.cert" and "<path>.key", and whether they belong together.
void CheckPair(Checker& checker, std::string_view path, const v1alpha1::CertificateAndKey& pair);

}  // namespace ichor::config
