#include "lib/pki/names.h"

#include <openssl/crypto.h>

#include <format>
#include <utility>

#include "lib/base/status.h"

namespace ichor::pki {
namespace {

constexpr size_t kV4Bytes = 4;
constexpr size_t kV6Bytes = 16;

absl::Status AddNameEntry(X509_NAME* name, const char* field, const std::string& value, int set) {
  if (X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(value.data()),
                                 static_cast<int>(value.size()), -1, set) != 1) {
    return OpensslError(absl::StatusCode::kInvalidArgument,
                        std::format("certificate subject {}=\"{}\"", field, value));
  }
  return absl::OkStatus();
}

std::string TextOf(const X509_NAME* name, int at) {
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) {
    return {};
  }
  std::string value(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
  OPENSSL_free(text);
  return value;
}

absl::Status AddName(GENERAL_NAMES* names, int type, const std::string& value) {
  const bool dns = type == GEN_DNS;
  ASN1_STRING* const text = dns ? ASN1_IA5STRING_new() : ASN1_OCTET_STRING_new();
  ASN1_STRING_set(text, value.data(), static_cast<int>(value.size()));
  GENERAL_NAME* const name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, type, text);
  if (sk_GENERAL_NAME_push(names, name) == 0) {
    GENERAL_NAME_free(name);
    return OpensslError(absl::StatusCode::kInvalidArgument, "certificate names");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SetName(X509_NAME* name, const std::vector<std::string>& organizations,
                     const std::string& common_name) {
  constexpr int kNewName = 0;
  constexpr int kSameName = -1;  // beside the entry before
  bool first = true;
  for (const std::string& organization : organizations) {
    RETURN_IF_ERROR(
        AddNameEntry(name, "O", organization, std::exchange(first, false) ? kNewName : kSameName));
  }
  return common_name.empty() ? absl::OkStatus() : AddNameEntry(name, "CN", common_name, kNewName);
}

std::vector<std::string> OrganizationsOf(const X509_NAME* name) {
  std::vector<std::string> values;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_organizationName, at)) >= 0;) {
    values.push_back(TextOf(name, at));
  }
  return values;
}

std::string CommonNameOf(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  return at < 0 ? std::string() : TextOf(name, at);
}

absl::StatusOr<OpensslPtr<GENERAL_NAMES>> MakeNames(const std::vector<std::string>& dns_names,
                                                    const std::vector<std::string>& ips) {
  OpensslPtr<GENERAL_NAMES> names;
  if (!dns_names.empty() || !ips.empty()) {
    names.reset(GENERAL_NAMES_new());
  }
  for (const std::string& name : dns_names) {
    if (name.empty() ||
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-_.*") != std::string::npos) {
      return absl::InvalidArgumentError(std::format("certificate: \"{}\" is no DNS name", name));
    }
    RETURN_IF_ERROR(AddName(names.get(), GEN_DNS, name));
  }
  for (const std::string& ip : ips) {
    if (ip.size() != kV4Bytes && ip.size() != kV6Bytes) {
      return absl::InvalidArgumentError(
          std::format("certificate: address of {} bytes, expected 4 or 16", ip.size()));
    }
    RETURN_IF_ERROR(AddName(names.get(), GEN_IPADD, ip));
  }
  return names;
}

absl::StatusOr<std::string> IpFromText(std::string_view text) {
  ASN1_OCTET_STRING* const bytes = a2i_IPADDRESS(std::string(text).c_str());
  if (bytes == nullptr) {
    return absl::InvalidArgumentError(
        std::format("\"{}\" is no IP address, such as 10.0.0.1 or fd00::1", text));
  }
  std::string ip(reinterpret_cast<const char*>(ASN1_STRING_get0_data(bytes)),
                 static_cast<size_t>(ASN1_STRING_length(bytes)));
  ASN1_OCTET_STRING_free(bytes);
  return ip;
}

}  // namespace ichor::pki
