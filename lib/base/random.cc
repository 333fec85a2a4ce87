#include "lib/base/random.h"

#include <sys/random.h>

#include "absl/log/check.h"

namespace ichor::base {

std::string RandomBytes(size_t size) {
  constexpr size_t kUninterrupted = 256;  // up to here the call is never cut short by a signal
  CHECK_LE(size, kUninterrupted);
  std::string bytes(size, '\0');
  CHECK_EQ(getrandom(bytes.data(), size, 0), static_cast<ssize_t>(size));
  return bytes;
}

}  // namespace ichor::base
