#include "lib/config/validate/prefix.h"

namespace ichor::config {
namespace {

bool BitOf(const std::string& bytes, int bit) {
  const auto byte = static_cast<unsigned char>(bytes[static_cast<size_t>(bit) / 8]);
  return (byte >> (7U - static_cast<unsigned>(bit) % 8)) % 2 != 0;
}

}  // namespace

bool Holds(const common::NetIPPrefix& outer, const common::NetIPPrefix& inner) {
  if (outer.ip().size() != inner.ip().size()) return false;
  if (outer.prefix_length() > inner.prefix_length()) return false;
  for (int bit = 0; bit < outer.prefix_length(); ++bit) {
    if (BitOf(outer.ip(), bit) != BitOf(inner.ip(), bit)) return false;
  }
  return true;
}

bool Overlap(const common::NetIPPrefix& one, const common::NetIPPrefix& other) {
  return Holds(one, other) || Holds(other, one);
}

}  // namespace ichor::config
