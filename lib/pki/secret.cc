#include "lib/pki/secret.h"

namespace ichor::pki {

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    Clear();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Clear();
    text_ = other.text_;
    other.Clear();
  }
  return *this;
}

}  // namespace ichor::pki
