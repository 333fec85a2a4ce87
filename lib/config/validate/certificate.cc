#include "lib/config/validate/certificate.h"

#include "lib/config/yaml.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"

namespace ichor::config {

void CheckCertificates(Checker& checker, std::string_view path, const std::string& pem) {
  if (pki::Certificate::AllFromPem(pem).ok()) return;
  checker.Error(path, "no certificate in PEM");
}

void CheckPrivateKey(Checker& checker, std::string_view path, const std::string& pem) {
  if (pki::Key::FromPem(pem).ok()) return;
  checker.Error(path, "no private key in PEM");
}

void CheckPair(Checker& checker, std::string_view path, const v1alpha1::CertificateAndKey& pair) {
  const auto certificate = pki::Certificate::FromPem(pair.cert());
  const auto key = pki::Key::FromPem(pair.key());
  if (!certificate.ok()) checker.Error(Cat(path, ".cert"), "no certificate in PEM");
  if (!key.ok()) checker.Error(Cat(path, ".key"), "no private key in PEM");
  if (certificate.ok() && key.ok() && !certificate->IsOf(*key)) {
    checker.Error(Cat(path, ".key"), "the key is another one than the certificate's");
  }
}

}  // namespace ichor::config
