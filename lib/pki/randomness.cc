// OpenSSL calls this interface deprecated, but has no other one that leaves its own generators out.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "lib/pki/randomness.h"

#include <openssl/rand.h>

#include <algorithm>
#include <string>

#include "absl/log/check.h"
#include "lib/base/random.h"
#include "lib/pki/openssl.h"

namespace ichor::pki {
namespace {

constexpr int kOk = 1;

int Bytes(unsigned char* out, int size) {
  constexpr int kAtOnce = 256;
  for (int done = 0; done < size;) {
    const int part = std::min(size - done, kAtOnce);
    std::string bytes = base::RandomBytes(static_cast<size_t>(part));
    std::ranges::copy(bytes, out + done);
    Wipe(bytes);
    done += part;
  }
  return kOk;
}

int Seed(const void* /*bytes*/, int /*size*/) {
  return kOk;
}

int Add(const void* /*bytes*/, int /*size*/, double /*entropy*/) {
  return kOk;
}

int Status() {
  return kOk;
}

constexpr RAND_METHOD kKernel = {.seed = Seed,
                                 .bytes = Bytes,
                                 .cleanup = nullptr,
                                 .add = Add,
                                 .pseudorand = Bytes,
                                 .status = Status};

}  // namespace

void UseKernelRandomness() {
  static const bool kSet = RAND_set_rand_method(&kKernel) == kOk;
  CHECK(kSet);
}

}  // namespace ichor::pki
