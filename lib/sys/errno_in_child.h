// For tests: what a process may still do once it has given up rights.
#pragma once

#include <functional>
#include <optional>

namespace ichor::sys {

// The errno with which `call` fails (is negative) in a child process, after `confine` took rights
// from that child; 0 if it does not fail. Absent if `confine` was false, or the child did not come
// to an end of its own. Blocks until the child has ended; no other thread may run.
std::optional<int> ErrnoInChild(const std::function<bool()>& confine,
                                const std::function<int()>& call);

}  // namespace ichor::sys
