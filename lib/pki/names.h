// Subjects and alternative names, as they stand in certificates and in requests for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pki/openssl.h"

namespace ichor::pki {

// Writes the subject into `name`: all organizations in one relative name, as Go's clients do, then
// the common name if there is one. InvalidArgument for text that cannot stand in one.
absl::Status SetName(X509_NAME* name, const std::vector<std::string>& organizations,
                     const std::string& common_name);

// O values of `name`, in order.
std::vector<std::string> OrganizationsOf(const X509_NAME* name);

// The first CN of `name`, or nothing.
std::string CommonNameOf(const X509_NAME* name);

// Alternative names; `ips` have 4 or 16 bytes each. nullptr if there is none. InvalidArgument for
// what is no DNS name or no address.
absl::StatusOr<OpensslPtr<GENERAL_NAMES>> MakeNames(const std::vector<std::string>& dns_names,
                                                    const std::vector<std::string>& ips);

// The bytes of an address in text, as MakeNames takes them: "10.0.0.1", "fd00::1". InvalidArgument
// for other text.
absl::StatusOr<std::string> IpFromText(std::string_view text);

}  // namespace ichor::pki
