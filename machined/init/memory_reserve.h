// How much memory the kernel keeps free for itself.
#pragma once

#include <cstdint>
#include <optional>

namespace ichor::init {

// What vm.min_free_kbytes should become; empty if it should stay. All in KiB.
//
// Transparent huge pages raise it by a constant (some 45 MiB on x86), whatever the machine has: it
// makes huge pages likelier, and with the marks above it costs a machine of 2 GiB 66 MiB that no
// process gets. It stays where it is at most 1 % of the memory; below, it becomes what the kernel
// reckons without huge pages, the root of 16 times the memory, from 128 KiB to 256 MiB
// (mm/page_alloc.c, calculate_min_free_kbytes).
std::optional<std::uint64_t> SmallerReserve(std::uint64_t total, std::uint64_t reserve);

}  // namespace ichor::init
