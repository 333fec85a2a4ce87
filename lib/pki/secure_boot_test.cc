#include "lib/pki/secure_boot.h"

#include <openssl/pkcs7.h>

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"

namespace ichor::pki {

using base::IsOk;
using std::string_literals::operator""s;

namespace {

Identity UkiIdentity() {
  const Key key = *Key::Generate(KeyType::kRsa2048);
  const Certificate certificate = *SelfSign({.common_name = "uki",
                                             .ca = true,
                                             .not_before = base::FakeClock().Now(),
                                             .lifetime = kAuthorityLifetime},
                                            key);
  return {.certificate = certificate, .key = key};
}

constexpr size_t kTimeBytes = 16;
constexpr size_t kHeaderBytes = 24;

// Whether the signature of a write is `signer`'s over `signed_bytes`, as firmware checks it.
bool IsSigned(const std::string& write, const std::string& signed_bytes, const Identity& signer) {
  const auto* const size = reinterpret_cast<const unsigned char*>(write.data()) + kTimeBytes;
  const size_t bytes = size[0] + 256U * size[1];
  const std::string der = write.substr(kTimeBytes + kHeaderBytes, bytes - kHeaderBytes);
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const OpensslPtr<PKCS7> whole(PKCS7_new());
  whole->type = OBJ_nid2obj(NID_pkcs7_signed);
  whole->d.sign = d2i_PKCS7_SIGNED(nullptr, &at, static_cast<long>(der.size()));
  REQUIRE(whole->d.sign != nullptr);
  const OpensslPtr<BIO> in = ReadFrom(signed_bytes);
  X509_STORE* const store = X509_STORE_new();
  X509_STORE_add_cert(store, signer.certificate.get());
  X509_VERIFY_PARAM_set_time(
      X509_STORE_get0_param(store),
      std::chrono::system_clock::to_time_t(
          std::chrono::time_point_cast<std::chrono::seconds>(base::FakeClock().Now())));
  const int verified =
      PKCS7_verify(whole.get(), nullptr, store, in.get(), nullptr, PKCS7_BINARY | PKCS7_NOVERIFY);
  X509_STORE_free(store);
  return verified == 1;
}

}  // namespace

TEST_CASE("secure boot: a list has the certificate behind its sizes and its owner") {
  const Identity uki = UkiIdentity();
  const std::string der = uki.certificate.ToDer();
  const std::string list = SignatureList(uki.certificate);
  REQUIRE(list.size() == 28 + 16 + der.size());
  CHECK(list.substr(0, 4) == "\xa1\x59\xc0\xa5");
  const auto size = [&](size_t at) {
    return static_cast<unsigned char>(list[at]) + 256U * static_cast<unsigned char>(list[at + 1]);
  };
  CHECK(size(16) == list.size());
  CHECK(size(20) == 0);
  CHECK(size(24) == 16 + der.size());
  CHECK(list.substr(44) == der);
}

TEST_CASE("secure boot: a write is signed over name, vendor, attributes, time and value") {
  const Identity uki = UkiIdentity();
  const base::WallTime when =
      std::chrono::sys_days(std::chrono::year_month_day(
          std::chrono::year(2026), std::chrono::month(11), std::chrono::day(21))) +
      std::chrono::hours(22) + std::chrono::minutes(5) + std::chrono::seconds(59);
  const auto write = SignedWrite(KeyExchangeKey(), "value", uki, when);
  REQUIRE_THAT(write, IsOk());
  const std::string time = "\xea\x07\x0b\x15\x16\x05\x3b\0\0\0\0\0\0\0\0\0"s;
  CHECK(write->substr(0, kTimeBytes) == time);
  CHECK(write->substr(20, 4) == "\x00\x02\xf1\x0e"s);
  CHECK(write->ends_with("value"));
  const std::string vendor = "\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c"s;
  const std::string name = "K\0E\0K\0"s;
  CHECK(IsSigned(*write, name + vendor + "\x27\0\0\0"s + time + "value", uki));
  CHECK_FALSE(IsSigned(*write, name + vendor + "\x27\0\0\0"s + time + "other", uki));
}

TEST_CASE("secure boot: the database has a vendor of its own") {
  CHECK(SignatureDatabase().name == "db");
  CHECK(PlatformKey().name == "PK");
  CHECK(SignatureDatabase().vendor != PlatformKey().vendor);
  CHECK(PlatformKey().vendor == KeyExchangeKey().vendor);
}

}  // namespace ichor::pki
