#include "lib/pki/request.h"

#include <openssl/pem.h>

#include <utility>

#include "lib/base/status.h"
#include "lib/pki/names.h"
#include "lib/pki/randomness.h"

namespace ichor::pki {
namespace {

absl::Status Failed(std::string_view what) {
  return OpensslError(absl::StatusCode::kInvalidArgument, what);
}

absl::Status AddNames(X509_REQ* request, GENERAL_NAMES* names) {
  STACK_OF(X509_EXTENSION)* made = nullptr;
  const int added = X509V3_add1_i2d(&made, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
  const OpensslPtr<X509_EXTENSIONS> extensions(made);
  if (added != 1 || X509_REQ_add_extensions(request, extensions.get()) != 1) {
    return Failed("certificate request names");
  }
  return absl::OkStatus();
}

std::string BytesOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// Adds what `names` has to `statement`.
void Collect(const GENERAL_NAMES* names, Statement& statement) {
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) {
      statement.dns_names.push_back(BytesOf(name->d.dNSName));
    } else if (name->type == GEN_IPADD) {
      statement.ips.push_back(BytesOf(name->d.iPAddress));
    }
  }
}

}  // namespace

absl::StatusOr<Request> Request::Make(const Statement& statement, const Key& key) {
  UseKernelRandomness();  // signatures of ECDSA take some
  OpensslPtr<X509_REQ> request(X509_REQ_new());
  RETURN_IF_ERROR(SetName(X509_REQ_get_subject_name(request.get()), statement.organizations,
                          statement.common_name));
  ASSIGN_OR_RETURN(const OpensslPtr<GENERAL_NAMES> names,
                   MakeNames(statement.dns_names, statement.ips));
  if (names != nullptr) {
    RETURN_IF_ERROR(AddNames(request.get(), names.get()));
  }
  if (X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), DigestOf(key)) == 0) {
    return Failed("sign a certificate request");
  }
  return Request(std::move(request));
}

absl::StatusOr<Request> Request::FromPem(std::string_view pem) {
  const OpensslPtr<BIO> bio = ReadFrom(pem);
  OpensslPtr<X509_REQ> request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (request == nullptr) {
    return Failed("read a certificate request");
  }
  EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || X509_REQ_verify(request.get(), key) != 1) {
    return Failed("certificate request: its signature is not of its key");
  }
  return Request(std::move(request));
}

std::string Request::ToPem() const {
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request_.get());
  return Written(bio.get());
}

Statement Request::Asked() const {
  const X509_NAME* const name = X509_REQ_get_subject_name(request_.get());
  Statement asked{.common_name = CommonNameOf(name), .organizations = OrganizationsOf(name)};
  const OpensslPtr<X509_EXTENSIONS> extensions(X509_REQ_get_extensions(request_.get()));
  const OpensslPtr<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (names != nullptr) {
    Collect(names.get(), asked);
  }
  return asked;
}

PublicKey Request::SubjectKey() const {
  return PublicKey(OpensslPtr<EVP_PKEY>(X509_REQ_get_pubkey(request_.get())));
}

}  // namespace ichor::pki
