// SHA-256 as FIPS 180-4 defines it, for programs without OpenSSL. Not hardened against side
// channels: it hashes public data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ichor::early {

using Sha256Digest = std::array<std::byte, 32>;

class Sha256 {
 public:
  // Adds bytes to the message.
  void Update(std::span<const std::byte> bytes);
  // The digest of the message; the object is used up.
  Sha256Digest Finish();

 private:
  void Block(std::span<const std::byte, 64> block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> pending_{};
  std::uint64_t size_bytes_ = 0;
};

// The digest of `bytes`.
Sha256Digest Sha256Of(std::span<const std::byte> bytes);

}  // namespace ichor::early
