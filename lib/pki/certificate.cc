#include "lib/pki/certificate.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <array>
#include <format>
#include <utility>

#include "lib/base/status.h"

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

absl::Status AddNameEntry(X509_NAME* name, const char* field, const std::string& value, int set) {
  if (X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(value.data()),
                                 static_cast<int>(value.size()), -1, set) != 1) {
    return Failed(std::format("certificate subject {}=\"{}\"", field, value));
  }
  return absl::OkStatus();
}

absl::Status SetSubject(X509* certificate, const Statement& statement) {
  X509_NAME* const name = X509_get_subject_name(certificate);
  constexpr int kNewName = 0;
  constexpr int kSameName = -1;  // beside the entry before
  bool first = true;
  for (const std::string& organization : statement.organizations) {
    RETURN_IF_ERROR(
        AddNameEntry(name, "O", organization, std::exchange(first, false) ? kNewName : kSameName));
  }
  if (!statement.common_name.empty()) {
    RETURN_IF_ERROR(AddNameEntry(name, "CN", statement.common_name, kNewName));
  }
  return absl::OkStatus();
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

absl::Status AddName(GENERAL_NAMES* names, int type, const std::string& value) {
  const bool dns = type == GEN_DNS;
  ASN1_STRING* const text = dns ? ASN1_IA5STRING_new() : ASN1_OCTET_STRING_new();
  ASN1_STRING_set(text, value.data(), static_cast<int>(value.size()));
  GENERAL_NAME* const name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, type, text);
  if (sk_GENERAL_NAME_push(names, name) == 0) {
    GENERAL_NAME_free(name);
    return Failed("certificate names");
  }
  return absl::OkStatus();
}

absl::Status AddNames(X509* certificate, const Statement& statement) {
  const OpensslPtr<GENERAL_NAMES> names(GENERAL_NAMES_new());
  for (const std::string& name : statement.dns_names) {
    if (name.empty() ||
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-_.*") != std::string::npos) {
      return absl::InvalidArgumentError(std::format("certificate: \"{}\" is no DNS name", name));
    }
    RETURN_IF_ERROR(AddName(names.get(), GEN_DNS, name));
  }
  for (const std::string& ip : statement.ips) {
    if (ip.size() != 4 && ip.size() != 16) {
      return absl::InvalidArgumentError(
          std::format("certificate: address of {} bytes, expected 4 or 16", ip.size()));
    }
    RETURN_IF_ERROR(AddName(names.get(), GEN_IPADD, ip));
  }
  if (sk_GENERAL_NAME_num(names.get()) > 0 &&
      X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) !=
          1) {
    return Failed("certificate names");
  }
  return absl::OkStatus();
}

absl::Status AddExtensions(X509* certificate, X509* issuer, const Statement& statement) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  RETURN_IF_ERROR(AddExtension(
      certificate, context, NID_key_usage,
      statement.ca ? "critical,digitalSignature,keyCertSign" : "critical,digitalSignature"));
  if (statement.for_servers || statement.for_clients) {
    const char* const both = "serverAuth,clientAuth";
    const char* const one = statement.for_servers ? "serverAuth" : "clientAuth";
    RETURN_IF_ERROR(AddExtension(certificate, context, NID_ext_key_usage,
                                 statement.for_servers && statement.for_clients ? both : one));
  }
  RETURN_IF_ERROR(AddExtension(certificate, context, NID_basic_constraints,
                               statement.ca ? "critical,CA:TRUE" : "critical,CA:FALSE"));
  if (statement.ca) {
    RETURN_IF_ERROR(AddExtension(certificate, context, NID_subject_key_identifier, "hash"));
  }
  if (issuer != certificate) {
    RETURN_IF_ERROR(AddExtension(certificate, context, NID_authority_key_identifier, "keyid"));
  }
  return AddNames(certificate, statement);
}

// `ca` is absent for one that signs itself.
absl::StatusOr<Certificate> Make(const Statement& statement, const Key& key, const Certificate* ca,
                                 const Key& signer) {
  OpensslPtr<X509> certificate(X509_new());
  X509* const made = certificate.get();
  X509* const issuer = ca == nullptr ? made : ca->get();
  X509_set_version(made, kVersion3);
  RETURN_IF_ERROR(SetSerial(made));
  RETURN_IF_ERROR(SetValidity(made, statement));
  RETURN_IF_ERROR(SetSubject(made, statement));
  X509_set_issuer_name(made, X509_get_subject_name(issuer));
  if (X509_set_pubkey(made, key.get()) != 1) {
    return Failed("certificate key");
  }
  RETURN_IF_ERROR(AddExtensions(made, issuer, statement));
  const bool ed25519 = EVP_PKEY_get_id(signer.get()) == EVP_PKEY_ED25519;
  if (X509_sign(made, signer.get(), ed25519 ? nullptr : EVP_sha256()) == 0) {
    return Failed("sign a certificate");
  }
  return Certificate(std::move(certificate));
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

std::string Certificate::Fingerprint() const {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate_.get()), &der);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(der, static_cast<size_t>(size), digest.data());
  OPENSSL_free(der);
  constexpr size_t kBase64Bytes = (SHA256_DIGEST_LENGTH + 2) / 3 * 4;
  std::array<unsigned char, kBase64Bytes + 1> text{};
  EVP_EncodeBlock(text.data(), digest.data(), SHA256_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(text.data()), kBase64Bytes};
}

std::vector<std::string> Certificate::Organizations() const {
  std::vector<std::string> values;
  const X509_NAME* const name = X509_get_subject_name(certificate_.get());
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_organizationName, at)) >= 0;) {
    unsigned char* text = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size >= 0) {
      values.emplace_back(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
      OPENSSL_free(text);
    }
  }
  return values;
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

absl::StatusOr<Certificate> SelfSign(const Statement& statement, const Key& key) {
  return Make(statement, key, nullptr, key);
}

absl::StatusOr<Certificate> Sign(const Statement& statement, const Key& key, const Certificate& ca,
                                 const Key& ca_key) {
  return Make(statement, key, &ca, ca_key);
}

}  // namespace ichor::pki
