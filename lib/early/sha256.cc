#include "lib/early/sha256.h"

#include <algorithm>
#include <bit>

namespace ichor::early {
namespace {

// FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64
// primes.
constexpr std::array<std::uint32_t, 64> kRound = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t BigEndian(std::span<const std::byte> bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i)
    out = (out << 8U) | std::to_integer<std::uint32_t>(bytes[i]);
  return out;
}

void ToBigEndian(std::uint64_t value, std::span<std::byte> out) {
  for (std::size_t i = out.size(); i > 0; --i) {
    out[i - 1] = static_cast<std::byte>(value & 255U);
    value >>= 8U;
  }
}

// FIPS 180-4, 6.2.2, step 1: the message schedule.
std::array<std::uint32_t, 64> Schedule(std::span<const std::byte, 64> block) {
  std::array<std::uint32_t, 64> w{};
  for (std::size_t t = 0; t < 16; ++t)
    w[t] = BigEndian(block.subspan(4 * t, 4));
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3U);
    const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10U);
    w[t] = s1 + w[t - 7] + s0 + w[t - 16];
  }
  return w;
}

}  // namespace

void Sha256::Block(std::span<const std::byte, 64> block) {
  const auto w = Schedule(block);
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + kRound[t] + w[t];
    const std::uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> added = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < added.size(); ++i)
    state_[i] += added[i];
}

void Sha256::Update(std::span<const std::byte> bytes) {
  std::size_t used = size_bytes_ % pending_.size();
  size_bytes_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t taken = std::min(pending_.size() - used, bytes.size());
    std::ranges::copy(bytes.first(taken), pending_.begin() + static_cast<std::ptrdiff_t>(used));
    bytes = bytes.subspan(taken);
    used += taken;
    if (used < pending_.size()) return;
    Block(pending_);
    used = 0;
  }
}

Sha256Digest Sha256::Finish() {
  const std::uint64_t bits = size_bytes_ * 8;
  constexpr std::array<std::byte, 64> kPadding = {std::byte{0x80}};
  const std::size_t used = size_bytes_ % pending_.size();
  Update(std::span(kPadding).first(used < 56 ? 56 - used : 120 - used));
  std::array<std::byte, 8> length{};
  ToBigEndian(bits, length);
  Update(length);
  Sha256Digest digest{};
  for (std::size_t i = 0; i < state_.size(); ++i)
    ToBigEndian(state_[i], std::span(digest).subspan(4 * i, 4));
  return digest;
}

Sha256Digest Sha256Of(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

}  // namespace ichor::early
