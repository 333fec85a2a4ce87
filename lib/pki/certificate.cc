#include "lib/pki/certificate.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <array>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/pki/names.h"
#include "lib/pki/randomness.h"

namespace ichor::pki {
namespace {

constexpr int kVersion3 = 2;
constexpr int kSerialBits = 127;  // positive, and at most 20 bytes

base::WallTime TimeOf(const ASN1_TIME* time) {
  const OpensslPtr<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, epoch.get(), time);
  return base::WallTime() + std::chrono::days(days) + std::chrono::seconds(seconds);
}

absl::Status Failed(std::string_view what) {
  return OpensslError(absl::StatusCode::kInvalidArgument, what);
}

absl::Status SetValidity(X509* certificate, const Statement& statement) {
  const auto from = std::chrono::floor<std::chrono::seconds>(statement.not_before);
  const auto until = from + statement.lifetime;
  if (ASN1_TIME_set(X509_getm_notBefore(certificate), from.time_since_epoch().count()) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate), until.time_since_epoch().count()) == nullptr) {
    return Failed("certificate validity");
  }
  return absl::OkStatus();
}

absl::Status SetSerial(X509* certificate) {
  UseKernelRandomness();
  const OpensslPtr<BIGNUM> number(BN_new());
  if (BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1 ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return Failed("certificate serial number");
  }
  return absl::OkStatus();
}

absl::Status AddExtension(X509* certificate, X509V3_CTX& context, int id, const char* value) {
  const OpensslPtr<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
  if (extension == nullptr || X509_add_ext(certificate, extension.get(), -1) != 1) {
    return Failed(std::format("certificate extension {}", OBJ_nid2sn(id)));
  }
  return absl::OkStatus();
}

const char* KeyUsage(const Statement& statement) {
  if (statement.ca) {
    return "critical,digitalSignature,keyCertSign";
  }
  return statement.key_encipherment ? "critical,digitalSignature,keyEncipherment"
                                    : "critical,digitalSignature";
}

absl::Status AddExtensions(X509* certificate, X509* issuer, const Statement& statement) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  RETURN_IF_ERROR(AddExtension(certificate, context, NID_key_usage, KeyUsage(statement)));
  if (statement.for_servers || statement.for_clients) {
    const char* const both = "serverAuth,clientAuth";
    const char* const one = statement.for_servers ? "serverAuth" : "clientAuth";
    RETURN_IF_ERROR(AddExtension(certificate, context, NID_ext_key_usage,
                                 statement.for_servers && statement.for_clients ? both : one));
  }
  if (statement.ca) {  // others say nothing of it, as those of Go's clients
    RETURN_IF_ERROR(AddExtension(certificate, context, NID_basic_constraints, "critical,CA:TRUE"));
    RETURN_IF_ERROR(AddExtension(certificate, context, NID_subject_key_identifier, "hash"));
  }
  if (issuer != certificate) {
    RETURN_IF_ERROR(AddExtension(certificate, context, NID_authority_key_identifier, "keyid"));
  }
  ASSIGN_OR_RETURN(const OpensslPtr<GENERAL_NAMES> names,
                   MakeNames(statement.dns_names, statement.ips));
  if (names != nullptr && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0,
                                            X509V3_ADD_DEFAULT) != 1) {
    return Failed("certificate names");
  }
  return absl::OkStatus();
}

// `ca` is absent for one that signs itself.
absl::StatusOr<Certificate> Make(const Statement& statement, EVP_PKEY* key, const Certificate* ca,
                                 const Key& signer) {
  OpensslPtr<X509> certificate(X509_new());
  X509* const made = certificate.get();
  X509* const issuer = ca == nullptr ? made : ca->get();
  X509_set_version(made, kVersion3);
  RETURN_IF_ERROR(SetSerial(made));
  RETURN_IF_ERROR(SetValidity(made, statement));
  RETURN_IF_ERROR(
      SetName(X509_get_subject_name(made), statement.organizations, statement.common_name));
  X509_set_issuer_name(made, X509_get_subject_name(issuer));
  if (X509_set_pubkey(made, key) != 1) {
    return Failed("certificate key");
  }
  RETURN_IF_ERROR(AddExtensions(made, issuer, statement));
  if (X509_sign(made, signer.get(), DigestOf(signer)) == 0) {
    return Failed("sign a certificate");
  }
  return Certificate(std::move(certificate));
}

using Sha256 = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Sha256 DigestOfPublicKey(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  Sha256 digest{};
  SHA256(der, static_cast<size_t>(size), digest.data());
  OPENSSL_free(der);
  return digest;
}

}  // namespace

absl::StatusOr<Certificate> Certificate::FromPem(std::string_view pem) {
  const OpensslPtr<BIO> bio = ReadFrom(pem);
  OpensslPtr<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) {
    return OpensslError(absl::StatusCode::kInvalidArgument, "read a certificate");
  }
  return Certificate(std::move(certificate));
}

absl::StatusOr<std::vector<Certificate>> Certificate::AllFromPem(std::string_view pem) {
  const OpensslPtr<BIO> bio = ReadFrom(pem);
  std::vector<Certificate> all;
  while (true) {
    OpensslPtr<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) {
      break;
    }
    all.emplace_back(std::move(certificate));
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (all.empty() || !at_end) {
    return OpensslError(absl::StatusCode::kInvalidArgument, "read certificates");
  }
  ERR_clear_error();
  return all;
}

std::string Certificate::ToPem() const {
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate_.get());
  return Written(bio.get());
}

std::string Certificate::ToDer() const {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate_.get(), &der);
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

std::string Certificate::Fingerprint() const {
  const Sha256 digest = DigestOfPublicKey(certificate_.get());
  constexpr size_t kBase64Bytes = (size_t{SHA256_DIGEST_LENGTH} + 2) / 3 * 4;
  std::array<unsigned char, kBase64Bytes + 1> text{};
  EVP_EncodeBlock(text.data(), digest.data(), SHA256_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(text.data()), kBase64Bytes};
}

std::string Certificate::PublicKeyDigest() const {
  std::string text = "sha256:";
  for (const unsigned char byte : DigestOfPublicKey(certificate_.get())) {
    text += std::format("{:02x}", byte);
  }
  return text;
}

std::vector<std::string> Certificate::Organizations() const {
  return OrganizationsOf(X509_get_subject_name(certificate_.get()));
}

base::WallTime Certificate::NotBefore() const {
  return TimeOf(X509_get0_notBefore(certificate_.get()));
}

base::WallTime Certificate::NotAfter() const {
  return TimeOf(X509_get0_notAfter(certificate_.get()));
}

bool Certificate::IsCa() const {
  return (X509_get_extension_flags(certificate_.get()) & EXFLAG_CA) != 0;
}

bool Certificate::IsForClientsOnly() const {
  const OpensslPtr<EXTENDED_KEY_USAGE> usage(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate_.get(), NID_ext_key_usage, nullptr, nullptr)));
  return usage != nullptr && sk_ASN1_OBJECT_num(usage.get()) == 1 &&
         OBJ_obj2nid(sk_ASN1_OBJECT_value(usage.get(), 0)) == NID_client_auth;
}

bool Certificate::IsOf(const Key& key) const {
  const bool same = X509_check_private_key(certificate_.get(), key.get()) == 1;
  ERR_clear_error();
  return same;
}

absl::StatusOr<Certificate> SelfSign(const Statement& statement, const Key& key) {
  return Make(statement, key.get(), nullptr, key);
}

absl::StatusOr<Certificate> Sign(const Statement& statement, const Key& key, const Certificate& ca,
                                 const Key& ca_key) {
  return Make(statement, key.get(), &ca, ca_key);
}

absl::StatusOr<Certificate> Sign(const Statement& statement, const PublicKey& key,
                                 const Certificate& ca, const Key& ca_key) {
  return Make(statement, key.get(), &ca, ca_key);
}

}  // namespace ichor::pki
