// What repeats has two sizes.
#pragma once

namespace ichor::qemu {

// `usual`, or `in_long` in a run of ./ichor test --long, which sets ICHOR_LONG; or what
// ICHOR_REPEATS says, for whoever looks for one fault.
int Repeats(int usual, int in_long);

}  // namespace ichor::qemu
