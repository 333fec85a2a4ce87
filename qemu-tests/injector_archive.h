// The archive that brings the injector into a guest's initramfs.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace ichor::qemu {

// The program on the host. In a guest it hangs if it is not PID 1.
inline constexpr const char* kInjectorFile = "/ichor/build/release-amd64/bin/fault_injector";

// A cpio archive (the kernel's "newc") that holds `program` as /injector, at a multiple of four
// bytes behind what it is appended to: `before_bytes` long.
std::string InjectorArchive(const std::string& program, std::size_t before_bytes);

// Writes to `path` the initramfs `base` with the injector behind it.
absl::Status WriteInitramfsWithInjector(const std::string& base, const std::string& path);

}  // namespace ichor::qemu
