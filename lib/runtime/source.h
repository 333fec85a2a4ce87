// What a source has published and not yet had taken over: several publications in a short time
// become one.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"

namespace ichor {

// The rows of all its types go together: nobody sees one type's news without the other's.
class Source {
 public:
  static constexpr std::chrono::milliseconds kInterval{20};

  // Notes the newest rows of one type; the ones noted before are forgotten. Returns when what is
  // noted may be taken: the first after a pause at once.
  base::MonotonicTime Note(const Kind& kind, Rows rows);

  // When what is noted may be taken; absent if nothing is.
  std::optional<base::MonotonicTime> DueAt() const;

  // What is noted.
  std::map<Kind, Rows> Take(base::MonotonicTime now);

 private:
  base::MonotonicTime NextTake() const;

  std::map<Kind, Rows> pending_;
  std::optional<base::MonotonicTime> last_taken_;
};

}  // namespace ichor
