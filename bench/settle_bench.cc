#include "bench/settle_bench.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "lib/runtime/test_runtime.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::bench {
namespace {

using network::HostnameStatus;

// One message in many namespaces is many types.
TypeRef TypeNamed(std::string ns) {
  return {.kind = {.ns = std::move(ns), .type = std::string(HostnameStatus::kType)}};
}

std::vector<std::string> Ids(size_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    ids.push_back(std::format("machine-{:05}", i));
  }
  return ids;
}

// A row for each id; the first `changed` of them say `news`.
Rows SomeRows(const std::vector<std::string>& ids, size_t changed, const std::string& news) {
  static const std::string kOld = "as before";
  Desired<HostnameStatus> rows;
  for (const std::string& id : ids) {
    HostnameStatus::Spec spec;
    spec.set_hostname(changed > 0 ? news : kOld);
    changed -= changed > 0 ? 1 : 0;
    rows.Add(id, std::move(spec));
  }
  return std::move(rows).Take();
}

std::vector<Rows> OneOutput(Desired<HostnameStatus> desired) {
  std::vector<Rows> outputs;
  outputs.push_back(std::move(desired).Take());
  return outputs;
}

// One row for each row of the first input, with news from that row, or from the one of the same id
// in a second input.
absl::StatusOr<std::vector<Rows>> RowForRow(const Inputs& inputs) {
  const All<HostnameStatus> first(inputs.front());
  const All<HostnameStatus> last(inputs.back());
  Desired<HostnameStatus> desired;
  for (const auto& row : first) {
    HostnameStatus::Spec spec = row.spec();
    spec.set_domainname((inputs.size() == 1 ? row : *last.find(row.id())).spec().hostname());
    desired.Add(row.id(), std::move(spec));
  }
  return OneOutput(std::move(desired));
}

// One row from all rows of the input: the longest hostname.
absl::StatusOr<std::vector<Rows>> OneForAll(const Inputs& inputs) {
  const All<HostnameStatus> all(inputs.front());
  const auto size_of = [](const auto& row) { return row.spec().hostname().size(); };
  const auto longest = std::ranges::max_element(all, {}, size_of);
  return OneOutput({{"longest", longest->spec()}});
}

// A runtime with a source of `rows` rows of the type "input", and reconcilers after it.
class Subject {
 public:
  explicit Subject(size_t rows) : ids_(Ids(rows)) {}

  void Add(const std::string& output, const std::vector<std::string>& inputs,
           absl::StatusOr<std::vector<Rows>> (*run)(const Inputs&) = RowForRow) {
    ReconcilerBody body{
        .name = "make-" + output, .inputs = {}, .outputs = {TypeNamed(output)}, .run = run};
    std::ranges::transform(inputs, std::back_inserter(body.inputs), TypeNamed);
    t_.runtime.AddReconciler(std::move(body));
    last_output_ = output;
  }

  // Resources of 100 types that nobody here reads.
  void AddOthers(size_t count) {
    constexpr size_t kTypes = 100;
    const std::vector<std::string> ids = Ids(count / kTypes);
    for (size_t i = 0; i < kTypes; ++i) {
      t_.runtime.Publish("others", TypeNamed(std::format("other-{}", i)), SomeRows(ids, 0, ""));
    }
  }

  // Seconds from before the source makes its rows until all has settled. `changed` rows differ from
  // those before.
  double SecondsToSettle(size_t changed) {
    t_.clock.Advance(Source::kInterval);  // else the publication would wait
    const std::string news = std::format("publication-{}", ++publications_);
    const double seconds = SecondsOf([&] {
      t_.runtime.Publish("source", TypeNamed("input"), SomeRows(ids_, changed, news));
      t_.Settle();
    });
    const Snapshot last = t_.store.List(last_output_, HostnameStatus::kType);
    CHECK(All<HostnameStatus>(last).front().spec().hostname() == news);
    return seconds;
  }

 private:
  TestRuntime t_;
  const std::vector<std::string> ids_;
  std::string last_output_;
  int publications_ = 0;
};

Figure Time(std::string name, std::string unit, double limit) {
  return {.name = std::move(name),
          .unit = std::move(unit),
          .limit = limit,
          .better = Better::kLower,
          .samples = {}};
}

Figure MeasureChain(int rounds) {
  Figure figure = Time("one change through a chain of 10 reconcilers, 10,000 others", "µs", 100);
  Subject subject(10);
  subject.AddOthers(10'000);
  std::string input = "input";
  for (int i = 1; i <= 10; ++i) {
    const std::string output = std::format("stage-{}", i);
    subject.Add(output, {input});
    input = output;
  }
  subject.SecondsToSettle(10);
  for (int round = 0; round < rounds; ++round) {
    figure.samples.push_back(1e6 * subject.SecondsToSettle(1));
  }
  return figure;
}

Figure MeasureOneOfMany(const std::string& what,
                        absl::StatusOr<std::vector<Rows>> (*run)(const Inputs&), int rounds) {
  Figure figure = Time("1 of 10,000 rows changes, the reconciler makes " + what, "ms", 5);
  Subject subject(10'000);
  subject.Add("output", {"input"}, run);
  subject.SecondsToSettle(10'000);
  for (int round = 0; round < rounds; ++round) {
    figure.samples.push_back(1e3 * subject.SecondsToSettle(1));
  }
  return figure;
}

// 10 layers of 20 reconcilers; each reads two types of the layer before and writes 50 rows. The
// first run finds nothing there, the later ones change every row.
std::vector<Figure> MeasureEverything(int rounds) {
  constexpr size_t kRows = 50;
  Figure first = Time("200 reconcilers, 10,000 resources, all of them made", "ms", 100);
  Figure later = Time("200 reconcilers, 10,000 resources, all of them changed", "ms", 100);
  for (int round = 0; round < rounds; ++round) {
    Subject subject(kRows);
    for (int i = 0; i < 200; ++i) {
      const int before = i / 20 * 20 - 20;
      const auto output_of = [](int index) { return std::format("output-{}", index); };
      subject.Add(output_of(i), before < 0 ? std::vector<std::string>{"input"}
                                           : std::vector{output_of(before + i % 20),
                                                         output_of(before + (i + 1) % 20)});
    }
    first.samples.push_back(1e3 * subject.SecondsToSettle(kRows));
    later.samples.push_back(1e3 * subject.SecondsToSettle(kRows));
    later.samples.push_back(1e3 * subject.SecondsToSettle(kRows));
  }
  return {std::move(first), std::move(later)};
}

}  // namespace

std::vector<Figure> MeasureSettle(int rounds) {
  std::vector<Figure> figures{MeasureChain(100 * rounds),
                              MeasureOneOfMany("one row of all", OneForAll, 4 * rounds),
                              MeasureOneOfMany("a row of each", RowForRow, 4 * rounds)};
  std::ranges::move(MeasureEverything(rounds), std::back_inserter(figures));
  return figures;
}

}  // namespace ichor::bench
