// The content of a META partition, written from outside: a test must not take the format from the
// program that it tests.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace ichor::qemu {

// Where META begins in an image, from its partition table; 0 if there is none.
std::uint64_t MetaOffset(const std::string& disk);

// Both copies of a block that holds `values`.
std::string MetaContent(const std::map<std::uint32_t, std::string>& values);

}  // namespace ichor::qemu
