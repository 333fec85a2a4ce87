#include "lib/pki/secure_boot.h"

#include <openssl/pkcs7.h>

#include <chrono>
#include <concepts>
#include <format>

#include "lib/base/status.h"
#include "lib/pki/openssl.h"
#include "lib/pki/randomness.h"

namespace ichor::pki {
namespace {

constexpr EfiGuid kGlobalVariable = {0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11,
                                     0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c};
constexpr EfiGuid kImageSecurityDatabase = {0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45,
                                            0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f};
constexpr EfiGuid kX509List = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
                               0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
constexpr EfiGuid kPkcs7Certificate = {0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49,
                                       0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7};
// 6f1d5c1e-2a0b-4c86-9f3e-8b5d0c7e1a42: chosen once, for Ichor.
constexpr EfiGuid kOwner = {0x1e, 0x5c, 0x1d, 0x6f, 0x0b, 0x2a, 0x86, 0x4c,
                            0x9f, 0x3e, 0x8b, 0x5d, 0x0c, 0x7e, 0x1a, 0x42};

// Kept over power cuts, seen by firmware and operating system, written with a signature and a time.
constexpr std::uint32_t kAttributes = 0x27;

void Append(std::unsigned_integral auto number, std::string& out) {
  for (size_t i = 0; i < sizeof(number); ++i) {
    out += static_cast<char>(number >> (8 * i));
  }
}

void Append(const EfiGuid& guid, std::string& out) {
  out.append(guid.begin(), guid.end());
}

// EFI_TIME, without what a signed write leaves zero.
std::string TimeBytes(base::WallTime when) {
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(when - day));
  std::string bytes;
  Append(static_cast<std::uint16_t>(static_cast<int>(date.year())), bytes);
  for (const auto part :
       {static_cast<long>(static_cast<unsigned>(date.month())),
        static_cast<long>(static_cast<unsigned>(date.day())),
        static_cast<long>(time.hours().count()), static_cast<long>(time.minutes().count()),
        static_cast<long>(time.seconds().count())}) {
    bytes += static_cast<char>(part);
  }
  constexpr size_t kBytes = 16;
  bytes.resize(kBytes);
  return bytes;
}

// A PKCS #7 SignedData over `bytes`, which are not in it.
absl::StatusOr<std::string> Signature(std::string_view bytes, const Identity& signer) {
  UseKernelRandomness();
  const OpensslPtr<BIO> in = ReadFrom(bytes);
  const OpensslPtr<PKCS7> made(PKCS7_sign(signer.certificate.get(), signer.key.get(), nullptr,
                                          in.get(), PKCS7_BINARY | PKCS7_DETACHED | PKCS7_NOATTR));
  unsigned char* der = nullptr;
  const int size = made == nullptr ? -1 : i2d_PKCS7_SIGNED(made->d.sign, &der);
  if (size <= 0) {
    return OpensslError(absl::StatusCode::kInvalidArgument, "sign a variable");
  }
  std::string signature(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return signature;
}

}  // namespace

EfiVariable PlatformKey() {
  return {.name = "PK", .vendor = kGlobalVariable};
}

EfiVariable KeyExchangeKey() {
  return {.name = "KEK", .vendor = kGlobalVariable};
}

EfiVariable SignatureDatabase() {
  return {.name = "db", .vendor = kImageSecurityDatabase};
}

std::string SignatureList(const Certificate& certificate) {
  constexpr std::uint32_t kHeaderBytes = 28;
  const std::string der = certificate.ToDer();
  const auto entry_bytes = static_cast<std::uint32_t>(kOwner.size() + der.size());
  std::string list;
  Append(kX509List, list);
  Append(kHeaderBytes + entry_bytes, list);
  Append(std::uint32_t{0}, list);  // no further header
  Append(entry_bytes, list);
  Append(kOwner, list);
  return list + der;
}

absl::StatusOr<std::string> SignedWrite(const EfiVariable& variable, std::string_view data,
                                        const Identity& signer, base::WallTime when) {
  constexpr std::uint16_t kRevision = 0x0200;
  constexpr std::uint16_t kGuidCertificate = 0x0EF1;
  constexpr std::uint32_t kHeaderBytes = 24;
  const std::string time = TimeBytes(when);
  std::string signed_bytes;
  for (const char letter : variable.name) {
    Append(static_cast<std::uint16_t>(letter), signed_bytes);
  }
  Append(variable.vendor, signed_bytes);
  Append(kAttributes, signed_bytes);
  signed_bytes += time;
  signed_bytes += data;
  ASSIGN_OR_RETURN(const std::string signature, Signature(signed_bytes, signer));
  std::string write = time;
  Append(static_cast<std::uint32_t>(kHeaderBytes + signature.size()), write);
  Append(kRevision, write);
  Append(kGuidCertificate, write);
  Append(kPkcs7Certificate, write);
  write += signature;
  write += data;
  return write;
}

}  // namespace ichor::pki
