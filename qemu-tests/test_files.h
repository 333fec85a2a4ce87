// Where the running test keeps its machines' files.
#pragma once

#include <string>

namespace ichor::qemu {

// build/qemu/<test case>, empty when the test case begins. Removed when it passes; if it fails,
// kept, and its path printed.
std::string TestDirectory();

}  // namespace ichor::qemu
