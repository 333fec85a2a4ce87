#include "qemu-tests/long.h"

#include <cstdlib>

namespace ichor::qemu {

int Repeats(int usual, int in_long) {
  return std::getenv("ICHOR_LONG") == nullptr ? usual : in_long;
}

}  // namespace ichor::qemu
