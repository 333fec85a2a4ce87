#include "bench/memory_bench.h"

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/log/check.h"
#include "bench/small_resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/store.h"

namespace ichor::bench {
namespace {

// The resident set of this process. See proc_pid_smaps(5): unlike the other counters, this one is
// exact.
double ResidentBytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  std::string word;
  double kib = 0;
  while (rollup >> word && word != "Rss:") {
  }
  CHECK(rollup >> kib);
  return kib * 1024;
}

}  // namespace

Figure MeasureMemory() {
  constexpr size_t kRows = 100'000;
  const base::RealClock clock;
  const std::shared_ptr<const Kind> kind = SmallKind();
  const std::vector<std::string> sorted_ids =
      Ids(kRows);  // lives on, or its memory would be used for the rows
  const std::vector<std::string> ids = Shuffled(sorted_ids, 1);
  Store store(clock);
  const double before = ResidentBytes();
  for (const std::string& id : ids) {
    CHECK(store.Create(SmallDraft(kind, id), "bench").ok());
  }
  const double growth = ResidentBytes() - before;
  return {.name = "memory of a small resource, of 100,000",
          .unit = "bytes",
          .limit = 600,
          .better = Better::kLower,
          .samples = {growth / kRows}};
}

}  // namespace ichor::bench
