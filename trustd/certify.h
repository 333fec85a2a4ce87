// What trustd gives to whom.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "security/security.pb.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor::trustd {

// Unauthenticated unless `token`, what a caller shows, is the machine token of `root`. Where that
// is empty nobody is let in. Takes as long for any token of the same length.
absl::Status CheckToken(std::string_view token, const secrets::OSRootSecret::Spec& root);

// A certificate of the OS CA for the server that `request` is from, valid for 24 hours from `now`,
// with the names that it asks for and no organization: roles are not for the asking. The reply's
// `ca` has all accepted CAs. InvalidArgument for a request that is none.
absl::StatusOr<securityapi::CertificateResponse> Certify(
    const securityapi::CertificateRequest& request, const secrets::OSRootSecret::Spec& root,
    base::WallTime now);

}  // namespace ichor::trustd
