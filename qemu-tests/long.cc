#include "qemu-tests/long.h"

#include <cstdlib>

namespace ichor::qemu {

int Repeats(int usual, int in_long) {
  if (const char* const chosen = std::getenv("ICHOR_REPEATS"); chosen != nullptr) {
    return std::atoi(chosen);
  }
  return std::getenv("ICHOR_LONG") == nullptr ? usual : in_long;
}

}  // namespace ichor::qemu
