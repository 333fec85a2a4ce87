// What firmware takes to enrol keys for Secure Boot: signed writes of its variables. See UEFI 2.10,
// sections 8.2.2 and 32.4.1.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/pki/identity.h"

namespace ichor::pki {

// As it lies in memory: the first three groups of its text with their lowest byte first.
using EfiGuid = std::array<std::uint8_t, 16>;

struct EfiVariable {
  std::string_view name;
  EfiGuid vendor;
};

// Who owns the platform, who may change the database, and what may be booted.
EfiVariable PlatformKey();
EfiVariable KeyExchangeKey();
EfiVariable SignatureDatabase();

// An EFI_SIGNATURE_LIST with one X.509 certificate, whose owner is Ichor.
std::string SignatureList(const Certificate& certificate);

// What SetVariable takes to give `variable` the value `data`: EFI_VARIABLE_AUTHENTICATION_2 signed
// by `signer`, then the value. A later write needs a later `when`, of which the seconds count. This
// is the file that firmware menus and systemd-boot (loader/keys/*/PK.auth) read.
absl::StatusOr<std::string> SignedWrite(const EfiVariable& variable, std::string_view data,
                                        const Identity& signer, base::WallTime when);

}  // namespace ichor::pki
