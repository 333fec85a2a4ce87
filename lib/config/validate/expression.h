// CEL expressions in documents: whether they use what there is, and say what is asked of them.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/config/validate/checker.h"

namespace ichor::config {

// What an expression is about, and by that which names it may use.
enum class Subject : std::uint8_t {
  kDisk,           // disk, system_disk, glob(), units of size: true for the disks that match
  kVolume,         // volume, disk, units of size: true for the volumes that match
  kLink,           // link, glob(), mac(): true for the links that match
  kMemoryTrigger,  // pressure of memory, its change, both by class: whether memory is short
  kMemoryRanking,  // what is known of a group: a double, how much it deserves to end
};

// An error for an expression whose types do not go together or whose value is of another type than
// the subject wants. An empty one is let through.
void CheckExpression(Checker& checker, std::string_view path, std::string_view expression,
                     Subject subject);

// The same, and an error for an empty one.
void RequireExpression(Checker& checker, std::string_view path, std::string_view expression,
                       Subject subject);

}  // namespace ichor::config
