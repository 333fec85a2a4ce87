#include "machined/services/fingerprint.h"

#include <string>

namespace ichor {

// FNV-1a. Serialized, equal parameters are equal bytes: they have no maps.
std::uint64_t FingerprintOf(const services::ProcessSpec::Spec& process) {
  constexpr std::uint64_t kBasis = 0xcbf29ce484222325;
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = kBasis;
  for (const char byte : process.parameters().SerializeAsString()) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * kPrime;
  }
  return hash == 0 ? kBasis : hash;
}

}  // namespace ichor
