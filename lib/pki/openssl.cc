#include "lib/pki/openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <format>

namespace ichor::pki {

absl::Status OpensslError(absl::StatusCode code, std::string_view what) {
  const unsigned long error = ERR_peek_last_error();  // OpenSSL's type
  const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  return {code, std::format("{}: {}", what, reason == nullptr ? "failed" : reason)};
}

OpensslPtr<BIO> ReadFrom(std::string_view bytes) {
  return OpensslPtr<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string Written(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

void Wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace ichor::pki
