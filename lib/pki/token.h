// Secrets that are no keys of certificates: tokens, and keys of symmetric ciphers.
#pragma once

#include <string_view>

#include "lib/pki/secret.h"

namespace ichor::pki {

// A new token of the kernel's randomness, such as "abcdef.0123456789abcdef": what Kubernetes takes
// as a bootstrap token, and trustd from nodes that join.
Secret NewToken();

// Whether `text` has the form of a token: [0-9a-z]{6}.[0-9a-z]{16}.
bool IsToken(std::string_view text);

// 32 bytes of the kernel's randomness in standard base64, with padding: a key of AES-CBC or
// secretbox, a cluster's id or secret.
Secret NewSymmetricKey();

// Whether `text` is such a key.
bool IsSymmetricKey(std::string_view text);

}  // namespace ichor::pki
