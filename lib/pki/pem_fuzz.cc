// Any bytes as PEM: what is accepted keeps its meaning on the way back.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"
#include "lib/pki/request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view pem(reinterpret_cast<const char*>(data), size);
  if (const auto key = ichor::pki::Key::FromPem(pem); key.ok()) {
    const auto again = ichor::pki::Key::FromPem(key->ToSecretPem().text());
    CHECK(again.ok());
  }
  if (const auto request = ichor::pki::Request::FromPem(pem); request.ok()) {
    request->Asked();
    CHECK(ichor::pki::Request::FromPem(request->ToPem()).ok());
  }
  if (const auto all = ichor::pki::Certificate::AllFromPem(pem); all.ok()) {
    for (const ichor::pki::Certificate& certificate : *all) {
      certificate.Organizations();
      certificate.NotBefore();
      certificate.NotAfter();
      certificate.IsForClientsOnly();
      CHECK(ichor::pki::Certificate::FromPem(certificate.ToPem()).ok());
    }
  }
  return 0;
}
