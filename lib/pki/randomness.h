// Where OpenSSL takes chance from.
#pragma once

namespace ichor::pki {

// From the first call on, OpenSSL has every random byte of this process from the kernel, and no
// generator of its own. Whatever makes keys or serial numbers calls it first. Thread-safe. See
// getrandom(2), RAND_set_rand_method(3).
void UseKernelRandomness();

}  // namespace ichor::pki
