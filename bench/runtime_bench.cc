// runtime_bench: the figures of the state and the runtime that one process can measure by itself.
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/figure.h"
#include "bench/memory_bench.h"
#include "bench/settle_bench.h"
#include "bench/store_bench.h"
#include "lib/runtime/worker_pool.h"

namespace ichor::bench {
namespace {

constexpr char kUsage[] =
    "Usage: runtime_bench [--json FILE]\n"
    "\n"
    "Measures the state and the runtime, prints a table, and writes it to FILE as JSON too.\n";

constexpr int kRounds = 5;

std::vector<Figure> MeasureAll() {
  // A process of a node has workers; with more than one thread, reference counts cost more.
  const WorkerPool workers(4);
  std::vector<Figure> figures{MeasureMemory()};
  for (auto* measure : {MeasureStore, MeasureSettle}) {
    for (Figure& figure : measure(kRounds)) {
      figures.push_back(std::move(figure));
    }
  }
  return figures;
}

int Run(const std::optional<std::string>& file) {
  const std::vector<Figure> figures = MeasureAll();
  std::fputs(Table(figures).c_str(), stdout);
  if (file.has_value() && !(std::ofstream(*file) << Json(figures)).flush()) {
    std::fprintf(stderr, "runtime_bench: cannot write %s\n", file->c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace ichor::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "--help") {
    std::fputs(ichor::bench::kUsage, stdout);
    return 0;
  }
  if (arguments.empty()) {
    return ichor::bench::Run(std::nullopt);
  }
  if (arguments.size() != 2 || arguments[0] != "--json") {
    std::fputs(ichor::bench::kUsage, stderr);
    return 2;
  }
  return ichor::bench::Run(arguments[1]);
}
